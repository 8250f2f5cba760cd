/** Listeners of node:http as applications, without any framework. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { describe, test } from "node:test";
import { environOf } from "../../src/adapters/environ-of.ts";
import { fromNodeHandler, type NodeListener } from "../../src/adapters/node.ts";
import { fieldValue, fieldValues } from "../../src/client/field-list.ts";
import { HttpError } from "../../src/messages/http-error.ts";
import { mount } from "../../src/routing/mount.ts";
import { createClient } from "../../src/testing/client.ts";
import { serveApplication } from "../support/serve-application.ts";
import { until } from "../support/until.ts";

describe("fromNodeHandler", () => {
  test("gives the listener a request of node:http, and answers what it answers", async () => {
    const application = fromNodeHandler((request, response) => {
      const { method, url, headers, httpVersion } = request;
      response.statusCode = 202;
      response.statusMessage = "Taken";
      response.setHeader("Set-Cookie", ["a=1", "b=2"]);
      response.setHeader("X-Latin", "caf\xe9");
      const { remoteAddress } = request.socket;
      response.end(JSON.stringify({ method, url, a: headers["x-a"], httpVersion, remoteAddress }));
    });
    await using served = await serveApplication(application);
    const answer = await served.ask("PUT", "/caf%C3%A9%2F?a=%20", { fields: [["X-A", "\xe9"]] });
    assert.equal(`${answer.status} ${answer.reason}`, "202 Taken");
    assert.deepEqual(fieldValues(answer.fields, "set-cookie"), ["a=1", "b=2"]);
    assert.equal(fieldValue(answer.fields, "x-latin"), "caf\xe9");
    assert.equal(fieldValue(answer.fields, "content-length"), String(answer.body.length));
    assert.deepEqual(JSON.parse(answer.body.toString()), {
      method: "PUT",
      url: "/caf%C3%A9%2F?a=%20",
      a: "\xe9",
      httpVersion: "1.1",
      remoteAddress: "127.0.0.1",
    });
  });

  test("shows the listener the path below its mount, and what is above", async () => {
    const listener = fromNodeHandler((request, response) => {
      const { url, originalUrl } = request as typeof request & { originalUrl: string };
      response.end(`${url} of ${originalUrl}, ${environOf(request)?.SCRIPT_NAME.length}`);
    });
    await using served = await serveApplication(mount({ "/caf\xc3\xa9": listener }));
    const below = await served.ask("GET", "/caf%C3%A9/a%2Fb?c");
    assert.equal(below.body.toString(), "/a%2Fb?c of /caf%C3%A9/a%2Fb?c, 6");
    const root = await served.ask("GET", "/caf%C3%A9?c");
    assert.equal(root.body.toString(), "/?c of /caf%C3%A9?c, 6");
    const escaped = await served.ask("GET", "/caf%C3%A9%2Fa");
    assert.equal(escaped.body.toString(), "/a of /caf%C3%A9/a, 6");
  });

  test("takes an answer in every way that node:http has to write one", async () => {
    const ways: Readonly<Record<string, NodeListener>> = {
      "end alone": (_request, response) => response.end("body"),
      "a head and an end": (_request, response) => response.writeHead(200, { A: "b" }).end("body"),
      "a head as a list": (_request, response) => {
        response.writeHead(200, "OK", ["A", "b", "A", "c"]);
        response.end("body");
      },
      "several writes": (_request, response) => {
        response.write("bo");
        response.write(Buffer.from("d"));
        response.end("79", "hex");
      },
      "writes in other turns": (_request, response) => {
        response.write("bo");
        setImmediate(() => {
          response.write("d");
          setImmediate(() => response.end("y"));
        });
      },
      "a head that is flushed": (_request, response) => {
        response.flushHeaders();
        setImmediate(() => response.end("body"));
      },
      "a coding of its own": (_request, response) => {
        response.setHeader("Transfer-Encoding", "chunked");
        response.write("bo");
        response.end("dy");
      },
      "a Content-Length": (_request, response) => {
        response.setHeader("Content-Length", 4);
        response.write("body");
        setImmediate(() => response.end());
      },
      "a pipe": (_request, response) => {
        void pipeline(["bo", "dy"], response);
      },
      "a promise": async (_request, response) => {
        await undefined;
        response.end("body");
      },
    };
    for (const [name, listener] of Object.entries(ways)) {
      const response = await createClient(fromNodeHandler(listener)).get("/");
      assert.equal(response.text, "body", name);
      assert.equal(response.header("transfer-encoding"), undefined, name);
      assert.equal(response.header("connection"), undefined, name);
    }
  });

  test("emits finish and close, and close alone where the client has left", async () => {
    const events: string[] = [];
    const application = fromNodeHandler((request, response) => {
      for (const event of ["aborted", "end", "close"] as const) {
        request.on(event, () => events.push(`request ${event}`));
      }
      for (const event of ["finish", "close"] as const) {
        response.on(event, () => events.push(`response ${event}`));
      }
      if (request.url === "/whole") response.end("whole");
      else response.write(Buffer.alloc(100_000));
    });
    await using served = await serveApplication(application);
    await served.ask("GET", "/whole");
    await until("both are closed", () => events.length === 4);
    assert.deepEqual(events.sort(), [
      "request close",
      "request end",
      "response close",
      "response finish",
    ]);
    events.length = 0;
    using connection = await served.connect();
    connection.request("GET", "/endless");
    await connection.take(50_000);
    connection.socket.destroy();
    await until("the end is told", () => events.length === 3);
    assert.deepEqual(events.sort(), ["request aborted", "request close", "response close"]);
  });

  test("carries 10 MB up and down at the pace of both sides", async () => {
    let mostWaiting = 0;
    const application = fromNodeHandler(async (request, response) => {
      request.on("data", () => {
        mostWaiting = Math.max(mostWaiting, response.writableLength, request.readableLength);
      });
      await pipeline(request, response);
    });
    await using served = await serveApplication(application);
    const bytes = Buffer.alloc(10_000_000, "0123456789");
    const answer = await served.ask("POST", "/", { body: bytes });
    assert.ok(answer.body.equals(bytes));
    assert.ok(mostWaiting < 1_000_000, `${mostWaiting} bytes waited`);
  });

  test("tells the listener to wait, and when to go on", async () => {
    const turns: boolean[] = [];
    const application = fromNodeHandler(async (_request, response) => {
      for (let turn = 0; turn < 3; turn += 1) {
        turns.push(response.write(Buffer.alloc(300_000, "x")));
        if (response.writableNeedDrain) await once(response, "drain");
        turns.push(response.writableNeedDrain);
      }
      response.end();
    });
    await using served = await serveApplication(application);
    assert.equal((await served.ask("GET", "/")).body.length, 900_000);
    assert.deepEqual(turns, [false, false, false, false, false, false]);
  });

  test("gives the body of a request piece by piece, and tells that it was broken off", async () => {
    const pieces: string[] = [];
    const application = fromNodeHandler((request, response) => {
      request.on("data", (piece: Buffer) => {
        pieces.push(piece.toString());
        response.write(piece);
      });
      request.on("aborted", () => pieces.push("aborted"));
    });
    await using served = await serveApplication(application);
    using connection = await served.connect();
    connection.request("POST", "/", { fields: [["Transfer-Encoding", "chunked"]] });
    connection.send("3\r\none\r\n");
    await connection.head();
    assert.equal((await connection.chunk()).toString(), "one");
    connection.socket.destroy();
    await until("the listener hears of it", () => pieces.length === 2);
    assert.deepEqual(pieces, ["one", "aborted"]);
  });

  test("lets a listener write on though the client has left", async () => {
    let errors = 0;
    let writes = 0;
    const application = fromNodeHandler((_request, response) => {
      const goOn = (): void => {
        if (response.destroyed) writes += 1;
        response.write(Buffer.alloc(65_536), (error) => {
          if (error) errors += 1;
        });
        if (writes < 100) setImmediate(goOn);
      };
      goOn();
    });
    await using served = await serveApplication(application);
    using connection = await served.connect();
    connection.request("GET", "/");
    await connection.take(1000);
    connection.socket.destroy();
    await until("it has written on", () => writes === 100 && errors > 0);
    assert.equal((await served.ask("GET", "no-target")).status, 400);
  });

  test("leaves errors to the server: thrown, rejected, destroyed, or in the middle of an answer", async () => {
    const application = fromNodeHandler((request, response) => {
      if (request.url === "/thrown") throw new Error("thrown by it");
      if (request.url === "/rejected") return Promise.reject(new HttpError(418, "rejected by it"));
      if (request.url === "/destroyed") return response.destroy(new Error("destroyed by it"));
      response.write("one");
      return setImmediate(() => response.destroy(new Error("broken off by it")));
    });
    await using served = await serveApplication(application);
    for (const way of ["thrown", "rejected", "destroyed"]) {
      assert.equal((await served.ask("GET", `/${way}`)).status, 500, way);
      await served.log.said(new RegExp(`${way} by it`));
    }
    assert.equal((await served.ask("GET", "/later")).isWhole, false);
    await served.log.said(/broken off by it/);
  });

  test("sends no body with HEAD, 204 and 304", async () => {
    const application = fromNodeHandler((request, response) => {
      response.statusCode = Number(request.url?.slice(1));
      response.setHeader("X-A", "1");
      response.end("body");
    });
    const client = createClient(application);
    for (const [method, target] of [
      ["HEAD", "/200"],
      ["GET", "/204"],
      ["GET", "/304"],
    ] as const) {
      const response = await client.request(method, target);
      assert.equal(response.text, "");
      assert.equal(response.header("x-a"), "1");
    }
  });

  test("sends early hints, and reads on after 100-continue without being asked", async () => {
    const application = fromNodeHandler((request, response) => {
      response.writeEarlyHints({ link: "</a.css>; rel=preload" });
      response.writeContinue();
      request.resume().on("end", () => response.end("done"));
    });
    await using served = await serveApplication(application);
    using connection = await served.connect();
    connection.request("POST", "/", {
      fields: [
        ["Expect", "100-continue"],
        ["Content-Length", "5"],
      ],
    });
    const first = await connection.head();
    const second = await connection.head();
    assert.deepEqual([first.status, second.status].sort(), [100, 103]);
    connection.send("hello");
    assert.equal((await connection.answer()).body.toString(), "done");
  });
});
