/** The package `ws` on connections that an application has taken over. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { WebSocket } from "ws";
import { python } from "../../src/embed/python.ts";
import { changeHead } from "../../src/middleware/change-head.ts";
import { compose } from "../../src/middleware/compose.ts";
import { mount } from "../../src/routing/mount.ts";
import type { Finding } from "../../src/wsgi/lint/finding.ts";
import { makeLint } from "../../src/wsgi/lint.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { PorticoRun } from "../support/portico-run.ts";
import { pythonProgram, repositoryRoot } from "../support/python-environment.ts";
import { KeptLog, type ServedApplication, serveApplication } from "../support/serve-application.ts";
import { application } from "./echo-socket.ts";
import { closing, type Frame, frameBytes, HANDSHAKE, WebSocketClient } from "./websocket-client.ts";

const BAD_UTF8 = Buffer.from([0xce, 0xba, 0xe1, 0xbd, 0xb9, 0xed, 0xa0, 0x80]);
const SPLIT = Buffer.from("\u20ac\u{1f600}");

/** In the order of the cases of the Autobahn test suite: what is sent, and what comes back. */
const CASES: readonly (readonly [
  promise: string,
  sent: readonly Frame[],
  answers: readonly string[],
])[] = [
  ["an empty text comes back", [{ opcode: "text" }], ["text "]],
  [
    "a text of 125 bytes comes back",
    [{ opcode: "text", payload: "*".repeat(125) }],
    [`text ${"*".repeat(125)}`],
  ],
  [
    "a text of 126 bytes comes back",
    [{ opcode: "text", payload: "*".repeat(126) }],
    [`text ${"*".repeat(126)}`],
  ],
  [
    "a text of 65,535 bytes comes back",
    [{ opcode: "text", payload: "*".repeat(65_535) }],
    [`text ${"*".repeat(65_535)}`],
  ],
  [
    "a text of 65,536 bytes comes back",
    [{ opcode: "text", payload: "*".repeat(65_536) }],
    [`text ${"*".repeat(65_536)}`],
  ],
  ["binary data comes back as such", [{ opcode: "binary", payload: "abc" }], ["binary abc"]],

  ["a ping is answered with its payload", [{ opcode: "ping", payload: "p" }], ["pong p"]],
  [
    "a ping of 125 bytes is answered",
    [{ opcode: "ping", payload: "*".repeat(125) }],
    [`pong ${"*".repeat(125)}`],
  ],
  [
    "a ping of 126 bytes is an error",
    [{ opcode: "ping", payload: "*".repeat(126) }],
    ["close 1002"],
  ],
  [
    "a pong that nobody asked for is nothing",
    [
      { opcode: "pong", payload: "x" },
      { opcode: "ping", payload: "p" },
    ],
    ["pong p"],
  ],
  [
    "ten pings have ten answers in order",
    Array.from({ length: 10 }, (_, at) => ({ opcode: "ping", payload: String(at) })),
    Array.from({ length: 10 }, (_, at) => `pong ${at}`),
  ],

  [
    "the first reserved bit is an error",
    [{ opcode: "text", payload: "x", rsv: 4 }],
    ["close 1002"],
  ],
  [
    "the second reserved bit is an error",
    [{ opcode: "text", payload: "x", rsv: 2 }],
    ["close 1002"],
  ],
  ["the third reserved bit is an error", [{ opcode: "ping", rsv: 1 }], ["close 1002"]],
  [
    "a message before a reserved bit comes back",
    [
      { opcode: "text", payload: "a" },
      { opcode: "text", payload: "b", rsv: 2 },
    ],
    ["text a", "close 1002"],
  ],
  ["opcode 3 is an error", [{ opcode: 3 }], ["close 1002"]],
  ["opcode 11 is an error", [{ opcode: 11 }], ["close 1002"]],
  [
    "a frame without a mask is an error",
    [{ opcode: "text", payload: "x", masked: false }],
    ["close 1002"],
  ],

  [
    "fragments come back as one message",
    [
      { opcode: "text", payload: "a", fin: false },
      { opcode: "continuation", payload: "b", fin: false },
      { opcode: "continuation", payload: "c" },
    ],
    ["text abc"],
  ],
  [
    "a ping between fragments is answered at once",
    [
      { opcode: "text", payload: "a", fin: false },
      { opcode: "ping", payload: "p" },
      { opcode: "continuation", payload: "b" },
    ],
    ["pong p", "text ab"],
  ],
  [
    "a ping in fragments is an error",
    [
      { opcode: "ping", payload: "a", fin: false },
      { opcode: "continuation", payload: "b" },
    ],
    ["close 1002"],
  ],
  [
    "a continuation of nothing is an error",
    [{ opcode: "continuation", payload: "x" }],
    ["close 1002"],
  ],
  [
    "a message within fragments is an error",
    [
      { opcode: "text", payload: "a", fin: false },
      { opcode: "text", payload: "b" },
    ],
    ["close 1002"],
  ],

  [
    "characters beyond the first plane come back",
    [{ opcode: "text", payload: SPLIT }],
    [`text ${SPLIT.toString()}`],
  ],
  [
    "a character that fragments cut is whole again",
    [...SPLIT].map((byte, at) => ({
      opcode: at === 0 ? "text" : "continuation",
      payload: Buffer.from([byte]),
      fin: at === SPLIT.length - 1,
    })),
    [`text ${SPLIT.toString()}`],
  ],
  [
    "text that is no UTF-8 is an error of its own",
    [{ opcode: "text", payload: BAD_UTF8 }],
    ["close 1007"],
  ],
  [
    "text that is no UTF-8 in fragments is one too",
    [
      { opcode: "text", payload: "a", fin: false },
      { opcode: "continuation", payload: Buffer.from([0xff]) },
    ],
    ["close 1007"],
  ],

  [
    "a close is answered with its code",
    [{ opcode: "close", payload: closing(1000, "bye") }],
    ["close 1000"],
  ],
  ["a close without a code is answered", [{ opcode: "close" }], ["close"]],
  ["a close of one byte is an error", [{ opcode: "close", payload: "x" }], ["close 1002"]],
  [
    "a close of 126 bytes is an error",
    [{ opcode: "close", payload: closing(1000, "*".repeat(124)) }],
    ["close 1002"],
  ],
  [
    "a reason that is no UTF-8 is an error",
    [{ opcode: "close", payload: closing(1000, BAD_UTF8) }],
    ["close 1007"],
  ],
  [
    "what follows a close is not answered",
    [
      { opcode: "close", payload: closing(1000) },
      { opcode: "text", payload: "x" },
      { opcode: "ping" },
    ],
    ["close 1000"],
  ],
  ...[1000, 1001, 1003, 1007, 1011, 3000, 3999, 4000, 4999].map(
    (code) =>
      [
        `the code ${code} is answered`,
        [{ opcode: "close", payload: closing(code) }],
        [`close ${code}`],
      ] as const,
  ),
  ...[0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65_535].map(
    (code) =>
      [
        `the code ${code} is an error`,
        [{ opcode: "close", payload: closing(code) }],
        ["close 1002"],
      ] as const,
  ),
];

describe("a WebSocket", () => {
  let served: ServedApplication | undefined;
  const port = (): number => served?.port ?? 0;
  before(async () => {
    served = await serveApplication(application);
  });
  after(async () => {
    await served?.[Symbol.asyncDispose]();
  });

  for (const [promise, sent, answers] of CASES) {
    test(promise, async () => {
      using client = await WebSocketClient.open(port());
      client.send(...sent);
      for (const answer of answers) assert.equal(await client.next(), answer);
      if (answers.at(-1)?.startsWith("close") !== true) return;
      assert.equal((await client.connection.rest()).ended, "closed");
    });
  }

  test("may begin in one piece with its handshake", async () => {
    const behind = Buffer.concat([
      frameBytes({ opcode: "text", payload: "a" }),
      frameBytes({ opcode: "ping" }),
    ]);
    using client = await WebSocketClient.open(port(), "/", behind);
    assert.deepEqual([await client.next(), await client.next()].sort(), ["pong ", "text a"]);
  });

  test("may come byte by byte", async () => {
    using client = await WebSocketClient.open(port());
    for (const byte of frameBytes({ opcode: "text", payload: "slow" })) {
      client.connection.send(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    assert.equal(await client.next(), "text slow");
  });

  test("carries 16 MB both ways, and no byte more than it may", async () => {
    using client = await WebSocketClient.open(port());
    const payload = Buffer.alloc(2 ** 24, "0123456789abcdef");
    client.send({ opcode: "binary", payload });
    const { payload: returned } = await client.frame();
    assert.ok(returned.equals(payload));
    client.send({ opcode: "binary", payload: Buffer.alloc(2 ** 24 + 1) });
    assert.equal(await client.next(), "close 1009");
  });

  test("is one for the client of the same package too, deflated", async () => {
    const client = new WebSocket(`ws://127.0.0.1:${port()}/`, { perMessageDeflate: true });
    await once(client, "open");
    const text = "again ".repeat(10_000);
    client.send(text);
    const [data] = await once(client, "message");
    assert.equal(String(data), text);
    client.close(4001, "enough");
    assert.deepEqual((await once(client, "close")).map(String), ["4001", "enough"]);
  });

  test("knows its request: the target, and the client's address", async () => {
    using client = await WebSocketClient.open(port(), "/room?id=7");
    client.send({ opcode: "text", payload: "url" }, { opcode: "text", payload: "peer" });
    assert.deepEqual(
      [await client.next(), await client.next()],
      ["text /room?id=7", "text 127.0.0.1"],
    );
  });

  test("that is asked for wrongly is refused by the package", async () => {
    assert.ok(served !== undefined);
    using connection = await served.connect();
    connection.request("GET", "/", {
      fields: [
        ["Connection", "upgrade"],
        ["Upgrade", "websocket"],
      ],
    });
    const answer = await connection.answer();
    assert.equal(answer.status, 400);
    assert.match(answer.body.toString(), /Sec-WebSocket-Key/);
    assert.equal((await connection.rest()).ended, "closed");
  });
});

/** Changes heads, bodies and the environ as middleware may. */
const meddling = compose(
  (inner) =>
    changeHead(inner, ({ status, headers }) => ({
      status,
      headers: [...headers, ["X-Frame-Options", "DENY"]],
    })),
  (inner) => async (environ, startResponse) => {
    const body = await inner({ ...environ }, startResponse);
    return (async function* () {
      yield Buffer.from("in front of ");
      yield* body;
    })();
  },
  (inner) => mount({ "/below": inner }),
);

test("middleware around it breaks nothing, and lint on both sides finds nothing", async () => {
  const findings: Finding[] = [];
  const watched = (inner: Application): Application =>
    makeLint()(inner, { onFinding: (finding) => findings.push(finding) });
  await using served = await serveApplication(meddling(watched(application)));
  using client = await WebSocketClient.open(served.port, "/below/x");
  client.send({ opcode: "text", payload: "hello" }, { opcode: "text", payload: "url" });
  assert.deepEqual([await client.next(), await client.next()], ["text hello", "text /below/x"]);
  assert.deepEqual(findings, []);
  assert.equal((await served.ask("GET", "/below")).body.toString(), `in front of ${process.pid}`);
});

test("a Python application is asked for an answer, and never finds the key", async () => {
  const log = new KeptLog();
  const shown = python("environment:application", {
    directory: join(repositoryRoot, "test", "apps"),
    python: pythonProgram("python"),
    log: log.logger,
  });
  await using served = await serveApplication(mount({ "/": shown, "/socket": application }));
  using connection = await served.connect();
  connection.request("GET", "/", HANDSHAKE);
  const answer = await connection.answer();
  assert.equal(answer.status, 200);
  assert.match(answer.body.toString(), /HTTP_UPGRADE/);
  assert.doesNotMatch(answer.body.toString(), /portico\.upgrade/);
  using client = await WebSocketClient.open(served.port, "/socket");
  client.send({ opcode: "text", payload: "beside Python" });
  assert.equal(await client.next(), "text beside Python");
});

describe("a server that stops", () => {
  test("says goodbye, and ends when its sockets have", async () => {
    const served = await serveApplication(application);
    using client = await WebSocketClient.open(served.port);
    const closing1001 = served.server.close(30_000);
    assert.equal(await client.next(), "close 1001");
    client.send({ opcode: "close", payload: closing(1001) });
    await closing1001;
    assert.equal(served.exchanges[0]?.response?.statusCode, 101);
  });

  test("cuts at the end of its grace what is deaf to that", async () => {
    const served = await serveApplication(application);
    using client = await WebSocketClient.open(served.port, "/deaf");
    await served.server.close(50);
    assert.equal((await client.connection.rest()).bytes.length, 0);
  });
});

test("server workers have connections of their own, and TERM says goodbye to all", async () => {
  const target = join(repositoryRoot, "build", "test", "adapters", "echo-socket.js");
  await using run = await PorticoRun.serving({
    args: [target, "--bind", "127.0.0.1:0", "-w", "2", "--access-logfile", "-"],
    cwd: repositoryRoot,
  });
  const port = Number(new URL(run.url).port);
  const clients: WebSocketClient[] = [];
  const pids = new Set<string>();
  while (pids.size < 2 || clients.length < 4) {
    const client = await WebSocketClient.open(port);
    client.send({ opcode: "text", payload: "pid" });
    pids.add(await client.next());
    clients.push(client);
    assert.ok(clients.length < 100, "one worker takes all connections");
  }
  run.kill("SIGTERM");
  for (const client of clients) {
    assert.equal(await client.next(), "close 1001");
    client.send({ opcode: "close", payload: closing(1001) });
    assert.equal((await client.connection.rest()).ended, "closed");
    client[Symbol.dispose]();
  }
  const { code, stdout } = await run.ended;
  assert.equal(code, 0);
  assert.match(stdout, /"GET \/ HTTP\/1\.1" 101 /);
});
