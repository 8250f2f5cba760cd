/** Connections that leave HTTP: offered when, handed over how, and what becomes of them. */
import assert from "node:assert/strict";
import type { Duplex } from "node:stream";
import { describe, test } from "node:test";
import type { ClientConnection, RequestParts } from "../../../src/client/client-connection.ts";
import { type FieldList, fieldValue } from "../../../src/client/field-list.ts";
import type { Application, Environ, HeaderList } from "../../../src/wsgi/types.ts";
import { Connections } from "./connections.ts";

const ASKING: FieldList = [
  ["Connection", "Upgrade"],
  ["Upgrade", "shout, other/2"],
];
const SHOUT: HeaderList = [["Upgrade", "shout"]];

/** Keeps what it was given and what it has taken over; answers as it is told to. */
class Taker {
  readonly environs: Environ[] = [];
  readonly taken: Duplex[] = [];
  headers: HeaderList | undefined = SHOUT;
  /** Whether bytes come back. */
  echoes = true;

  readonly application: Application = (environ, startResponse) => {
    this.environs.push(environ);
    const upgrade = environ["portico.upgrade"];
    if (upgrade === undefined || environ.PATH_INFO !== "/") {
      startResponse("200 OK", [["Content-Length", "2"]]);
      return [Buffer.from("ok")];
    }
    const connection = this.headers === undefined ? upgrade() : upgrade(this.headers);
    this.taken.push(connection);
    if (this.echoes) connection.pipe(connection);
    startResponse("101 Switching Protocols", []);
    return [];
  };

  get latest(): Duplex {
    const connection = this.taken.at(-1);
    assert.ok(connection !== undefined);
    return connection;
  }
}

async function asked(
  connections: Connections,
  parts: RequestParts = { fields: ASKING },
  behind = "",
): Promise<ClientConnection> {
  const client = await connections.connect();
  client.send(Buffer.concat([requestOf(parts), Buffer.from(behind)]));
  return client;
}

function requestOf({ fields = [], version = "HTTP/1.1", body = "" }: RequestParts): Buffer {
  const lines = [["Host", "test"] as const, ...fields].map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.from(`GET / ${version}\r\n${lines.join("")}\r\n${String(body)}`);
}

describe("an upgrade is offered", () => {
  for (const [name, isOffered, parts] of [
    ["where it is asked for", true, { fields: ASKING }],
    [
      "also among other options",
      true,
      {
        fields: [
          ["Connection", "keep-alive, upgrade"],
          ["Upgrade", "shout"],
        ],
      },
    ],
    ["not without the Upgrade field", false, { fields: [["Connection", "upgrade"]] }],
    ["not where the Connection field does not say so", false, { fields: [["Upgrade", "shout"]] }],
    [
      "not where the client wants the end",
      false,
      {
        fields: [
          ["Connection", "upgrade, close"],
          ["Upgrade", "shout"],
        ],
      },
    ],
    ["not in HTTP/1.0", false, { fields: ASKING, version: "HTTP/1.0" }],
    ["not with a body", false, { fields: [...ASKING, ["Content-Length", "1"]], body: "x" }],
    [
      "not with a chunked one",
      false,
      { fields: [...ASKING, ["Transfer-Encoding", "chunked"]], body: "0\r\n\r\n" },
    ],
  ] as const satisfies readonly (readonly [string, boolean, RequestParts])[]) {
    test(name, async () => {
      const taker = new Taker();
      await using connections = await Connections.open(taker.application);
      using client = await asked(connections, parts);
      assert.equal((await client.head()).status, isOffered ? 101 : 200);
    });
  }

  test("not by a server that stops", async () => {
    const taker = new Taker();
    await using connections = await Connections.open(taker.application);
    using client = await connections.connect();
    connections.drain();
    client.request("GET", "/", { fields: ASKING });
    const answer = await client.answer();
    assert.deepEqual([answer.status, fieldValue(answer.fields, "connection")], [200, "close"]);
  });
});

describe("a connection that is taken over", () => {
  test("begins with 101, the fields that were given, and Connection: upgrade", async () => {
    const taker = new Taker();
    taker.headers = [
      ["X-A", "1"],
      ["Upgrade", "Shout"],
    ];
    await using connections = await Connections.open(taker.application);
    using client = await asked(connections);
    const { status, reason, fields } = await client.head();
    assert.deepEqual([status, reason], [101, "Switching Protocols"]);
    assert.deepEqual(fields, [
      ["X-A", "1"],
      ["Upgrade", "Shout"],
      ["Connection", "upgrade"],
    ]);
  });

  test("begins with nothing where no headers are given", async () => {
    const taker = new Taker();
    taker.headers = undefined;
    await using connections = await Connections.open(taker.application);
    using client = await asked(connections, { fields: ASKING }, "first");
    assert.equal((await client.take(5)).toString(), "first");
  });

  test("has what came behind the head, and then what comes, in order", async () => {
    const taker = new Taker();
    await using connections = await Connections.open(taker.application);
    using client = await asked(connections, { fields: ASKING }, "GET / HTTP/1.1\r\n\r\n");
    await client.head();
    client.send("more");
    assert.equal((await client.take(22)).toString(), "GET / HTTP/1.1\r\n\r\nmore");
    assert.equal(taker.environs.length, 1);
  });

  test("keeps what comes before anybody listens", async () => {
    const taker = new Taker();
    taker.echoes = false;
    await using connections = await Connections.open(taker.application);
    using client = await asked(connections, { fields: ASKING }, "early");
    await client.head();
    client.send(" late");
    await connections.quiet();
    taker.latest.pipe(taker.latest);
    assert.equal((await client.take(10)).toString(), "early late");
  });

  test("is one exchange of the log, with status 101 and no body", async () => {
    const taker = new Taker();
    await using connections = await Connections.open(taker.application);
    using client = await asked(connections, { fields: ASKING }, "x");
    await client.head();
    await client.take(1);
    const [exchange, ...others] = connections.exchanges;
    assert.deepEqual(others, []);
    assert.deepEqual([exchange?.response?.statusCode, exchange?.bodyBytesSent], [101, 0]);
    assert.deepEqual(connections.log, []);
  });

  test("knows no timeout of HTTP", async () => {
    const taker = new Taker();
    await using connections = await Connections.open(taker.application);
    using client = await asked(connections);
    await client.head();
    for (const seconds of [50, 500, 5_000]) connections.at(seconds);
    client.send("still");
    assert.equal((await client.take(5)).toString(), "still");
  });

  test("makes an application that writes too much wait for its client", async () => {
    const taker = new Taker();
    taker.echoes = false;
    await using connections = await Connections.open(taker.application);
    using client = await asked(connections);
    await client.head();
    const block = Buffer.alloc(1_000_000);
    let written = 0;
    const fill = (): void => {
      for (;;) {
        written += block.length;
        if (!taker.latest.write(block)) return;
      }
    };
    fill();
    await connections.stalled();
    taker.latest.once("drain", () => taker.latest.end());
    for (let at = 0; at < written; at += block.length) await client.take(block.length);
    assert.deepEqual((await client.rest()).ended, "closed");
  });

  test("makes a client that sends too much wait for the application", async () => {
    const taker = new Taker();
    taker.echoes = false;
    await using connections = await Connections.open(taker.application);
    using client = await asked(connections);
    await client.head();
    client.send(Buffer.alloc(64_000_000));
    await connections.quiet();
    assert.ok(connections.bytesRead < 32_000_000, String(connections.bytesRead));
    assert.ok(taker.latest.readableLength <= 1_000_000);
  });

  test("is told of a client that leaves, and ends", async () => {
    const taker = new Taker();
    await using connections = await Connections.open(taker.application);
    using client = await asked(connections);
    await client.head();
    const closed = new Promise((resolve) => taker.latest.once("close", resolve));
    client.socket.resetAndDestroy();
    await closed;
    await connections.closed();
    assert.equal(taker.environs[0]?.["portico.closed"]?.aborted, true);
    assert.deepEqual(connections.log, []);
  });

  test("ends with a client that has sent its last, whoever listens", async () => {
    const taker = new Taker();
    taker.echoes = false;
    await using connections = await Connections.open(taker.application);
    using client = await asked(connections);
    await client.head();
    taker.latest.resume();
    client.finish();
    assert.equal((await client.rest()).ended, "closed");
    await connections.closed();
  });

  test("is told when the server stops, and cut where it goes on", async () => {
    const taker = new Taker();
    await using connections = await Connections.open(taker.application);
    using client = await asked(connections);
    await client.head();
    connections.drain();
    const signal = taker.environs[0]?.["portico.closed"];
    assert.match(String(signal?.reason), /the server stops/);
    client.send("goodbye");
    assert.equal((await client.take(7)).toString(), "goodbye");
    await connections[Symbol.asyncDispose]();
    await connections.closed();
  });

  test("lets nothing of a response through", async () => {
    const taker = new Taker();
    const application: Application = async (environ, startResponse) => {
      await taker.application(environ, startResponse);
      const write = startResponse("200 OK", [["Connection", "close"]]);
      await write(Buffer.from("written"));
      return [Buffer.from("returned")];
    };
    await using connections = await Connections.open(application);
    using client = await asked(connections, { fields: ASKING }, "x");
    await client.head();
    assert.equal((await client.take(1)).toString(), "x");
    client.send("y");
    assert.equal((await client.take(1)).toString(), "y");
  });

  for (const [name, fail] of [
    [
      "at once",
      (error: Error) => {
        throw error;
      },
    ],
    ["later", (error: Error) => Promise.reject(error)],
  ] as const) {
    test(`is cut without a word where the application fails ${name}`, async () => {
      const taker = new Taker();
      taker.echoes = false;
      const application: Application = (environ, startResponse) => {
        taker.application(environ, startResponse);
        return fail(new Error("behind the upgrade"));
      };
      await using connections = await Connections.open(application);
      using client = await asked(connections);
      await client.head();
      assert.equal((await client.rest()).bytes.toString(), "");
      await connections.closed();
      assert.match(connections.log.join(), /behind the upgrade/);
    });
  }
});

describe("what comes behind a request that asks for an upgrade", () => {
  test("is the next request where it is answered", async () => {
    const taker = new Taker();
    await using connections = await Connections.open(taker.application);
    using client = await connections.connect();
    const fields = ASKING;
    client.request("GET", "/plain", { fields });
    client.request("GET", "/again", { fields });
    client.request("GET", "/", { fields });
    for (let count = 0; count < 2; count += 1)
      assert.equal((await client.answer()).body.toString(), "ok");
    assert.equal((await client.head()).status, 101);
    assert.deepEqual(
      taker.environs.map(({ PATH_INFO }) => PATH_INFO),
      ["/plain", "/again", "/"],
    );
  });

  test("is not read before that", async () => {
    let goOn: () => void = () => {};
    const waiting = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const taker = new Taker();
    const application: Application = async (environ, startResponse) => {
      await waiting;
      return taker.application(environ, startResponse);
    };
    await using connections = await Connections.open(application);
    using client = await asked(connections, { fields: ASKING }, "no HTTP at all\r\n\r\n");
    await connections.quiet();
    goOn();
    await client.head();
    assert.equal((await client.take(18)).toString(), "no HTTP at all\r\n\r\n");
  });
});

describe("portico.upgrade refuses", () => {
  const refused = async (
    act: (environ: Environ, start: Parameters<Application>[1]) => Promise<void> | void,
    pattern: RegExp,
  ): Promise<void> => {
    let error: unknown;
    const application: Application = async (environ, startResponse) => {
      try {
        await act(environ, startResponse);
      } catch (thrown) {
        error = thrown;
      }
      startResponse("200 OK", [], new Error("another answer"));
      return [];
    };
    await using connections = await Connections.open(application);
    using client = await asked(connections);
    await client.head();
    assert.match(String(error), pattern);
  };

  test("a switch without a protocol", () =>
    refused((environ) => void environ["portico.upgrade"]?.([]), /give an Upgrade field/));

  test("a switch to a protocol without a name", () =>
    refused(
      (environ) => void environ["portico.upgrade"]?.([["Upgrade", ","]]),
      /give an Upgrade field/,
    ));

  test("a protocol that was not asked for", () =>
    refused(
      (environ) => void environ["portico.upgrade"]?.([["Upgrade", "h2c"]]),
      /not asked for "h2c", but for "shout, other\/2"/,
    ));

  test("headers that no response may have", () =>
    refused(
      (environ) => void environ["portico.upgrade"]?.([...SHOUT, ["X", "a\nb"]]),
      /no header may have/,
    ));

  test("fields that are the connection's", () =>
    refused(
      (environ) => void environ["portico.upgrade"]?.([...SHOUT, ["Transfer-Encoding", "chunked"]]),
      /the server's to send/,
    ));

  test("to be called twice", () =>
    refused((environ) => {
      environ["portico.upgrade"]?.(SHOUT).resume();
      environ["portico.upgrade"]?.(SHOUT);
    }, /after the response began, or twice/));

  test("to be called after the response began", async () => {
    let error: unknown;
    const application: Application = async (environ, startResponse) => {
      const write = startResponse("200 OK", []);
      await write(Buffer.from("x"));
      try {
        environ["portico.upgrade"]?.(SHOUT);
      } catch (thrown) {
        error = thrown;
      }
      return [];
    };
    await using connections = await Connections.open(application);
    using client = await asked(connections);
    await client.answer();
    assert.match(String(error), /after the response began/);
  });

  test("to be called for a request that is over", async () => {
    const taker = new Taker();
    await using connections = await Connections.open(taker.application);
    using client = await connections.connect();
    client.request("GET", "/plain", { fields: ASKING });
    await client.answer();
    assert.throws(
      () => taker.environs[0]?.["portico.upgrade"]?.(SHOUT),
      /after the response began/,
    );
    client.request("GET", "/plain");
    assert.equal((await client.answer()).status, 200);
  });
});

test("a request that asks for an upgrade and gets no answer is given up like any other", async () => {
  const application: Application = () => new Promise(() => {});
  await using connections = await Connections.open(application);
  using client = await asked(connections);
  await connections.quiet();
  for (let seconds = 0; seconds <= 40; seconds += 0.25) connections.at(seconds);
  assert.equal((await client.answer()).status, 504);
});
