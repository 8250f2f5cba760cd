import assert from "node:assert/strict";
import { test } from "node:test";
import { LocalProtocolError } from "../../src/http/errors.ts";
import {
  makeInformationalHead,
  makeResponseHead,
  makeSwitchHead,
} from "../../src/http/response-head.ts";

type Pairs = [name: string, value: string][];

function refuses(status: unknown, headers: unknown, about: RegExp): void {
  assert.throws(
    // As an application without types would call it.
    () => makeResponseHead(status as string, headers as Pairs),
    (error) => error instanceof LocalProtocolError && about.test(error.message),
    JSON.stringify([status, headers]),
  );
}

test("a head knows its code, its length and the fields the server need not add", () => {
  const head = makeResponseHead("201 Made", [
    ["content-length", "12"],
    ["Date", "d"],
    ["Server", "s"],
  ]);
  assert.equal(head.statusCode, 201);
  assert.equal(head.contentLength, 12);
  assert.ok(head.hasDate && head.hasServer);
  assert.equal(makeResponseHead("200 OK", []).contentLength, undefined);
});

test("a status that is not a code, a space and a reason is refused", () => {
  const statuses = ["200", "20 OK", "099 X", "600 X", "101 Switch", "200 OK\r\nX: y", "200 \u20ac"];
  for (const status of [...statuses, 200, undefined]) refuses(status, [], /the status/);
});

test("what could split a response is refused, and the message names the header", () => {
  for (const value of ["a\r\nb", "a\nb", "a\rb", "a\0b", "a\x7f", "\u20ac"]) {
    refuses("200 OK", [["X-Name", value]], /"X-Name"/);
  }
  for (const name of ["", "X Y", "X:", "X\r\n", "caf\xe9"])
    refuses("200 OK", [[name, "a"]], /name/);
});

test("values that are no strings are refused", () => {
  for (const value of [1, null, undefined, Buffer.from("a")]) {
    refuses("200 OK", [["X-Name", value]], /"X-Name"/);
  }
  refuses("200 OK", [[1, "a"]], /not a header name/);
});

test("what belongs to the connection is not an application's to send", () => {
  for (const name of [
    "Connection",
    "transfer-encoding",
    "Keep-Alive",
    "Upgrade",
    "TE",
    "Trailer",
  ]) {
    refuses("200 OK", [[name, "x"]], /the server's to send/);
  }
});

test("a Content-Length is a number and stands once", () => {
  for (const value of ["abc", "-1", "", "5, 5", "1e3"]) {
    refuses("200 OK", [["Content-Length", value]], /not a number/);
  }
  const twice = [
    ["Content-Length", "5"],
    ["content-length", "5"],
  ];
  refuses("200 OK", twice, /twice/);
});

test("repeated fields stay apart and in order", () => {
  const cookies: Pairs = [
    ["Set-Cookie", "a=1"],
    ["Set-Cookie", "b=2"],
  ];
  assert.deepEqual(makeResponseHead("200 OK", cookies).headers, cookies);
});

test("what was checked is what is sent, whatever the application does to its list", () => {
  const pair: Pairs[number] = ["X", "good"];
  const headers = [pair];
  const head = makeResponseHead("200 OK", headers);
  pair[1] = "bad\r\nX: y";
  headers.push(["Y", "\r\n"]);
  assert.deepEqual(head.headers, [["X", "good"]]);
});

test("the same answer again is checked once, and any other anew", () => {
  const pairs: Pairs = [["X", "a"]];
  const head = makeResponseHead("200 OK", pairs);
  assert.equal(makeResponseHead("200 OK", [["X", "a"]]), head);
  const others: [string, Pairs][] = [
    ["404 Not Found", pairs],
    ["200 OK", [["x", "a"]]],
    ["200 OK", [["X", "b"]]],
    ["200 OK", []],
    ["200 OK", [...pairs, ["X", "a"]]],
  ];
  for (const [status, headers] of others) {
    const other = makeResponseHead(status, headers);
    assert.deepEqual([other.status, other.headers], [status, headers]);
    makeResponseHead("200 OK", pairs);
  }
  refuses("200 OK", [["X", "a\r\n"]], /no header may have/);
  assert.deepEqual(makeResponseHead("200 OK", pairs), head);
});

test("an informational head is of a 1xx status other than 101 and frames no body", () => {
  assert.equal(makeInformationalHead("103 Early Hints", []).status, "103 Early Hints");
  for (const status of ["200 OK", "101 Switching Protocols", "103\r\n", "1"]) {
    assert.throws(() => makeInformationalHead(status, []), LocalProtocolError);
  }
  const headers: readonly Pairs[number][] = [
    ["Content-Length", "1"],
    ["Transfer-Encoding", "chunked"],
    ["Link", "a\r\nb"],
  ];
  for (const header of headers) {
    assert.throws(() => makeInformationalHead("103 Early Hints", [header]), LocalProtocolError);
  }
});

test("a switch names one of the protocols that were asked for, whatever their letters", () => {
  const { status, headers } = makeSwitchHead(
    [
      ["upgrade", "WebSocket"],
      ["X-A", "1"],
    ],
    "h2c, websocket",
  );
  assert.equal(status, "101 Switching Protocols");
  assert.deepEqual(headers, [
    ["X-A", "1"],
    ["Upgrade", "WebSocket"],
    ["Connection", "upgrade"],
  ]);
  for (const [refused, pattern] of [
    [[], /give an Upgrade field/],
    [[["Upgrade", "h3"]], /"h3", but for "h2c, websocket"/],
    [
      [
        ["Upgrade", "h2c"],
        ["Connection", "x"],
      ],
      /the server's to send/,
    ],
    [
      [
        ["Upgrade", "h2c"],
        ["Content-Length", "0"],
      ],
      /without a body/,
    ],
    [[["Upgrade", "h2c\r\nX: 1"]], /not asked for|no header may have/],
  ] as const satisfies readonly (readonly [readonly (readonly [string, string])[], RegExp])[]) {
    assert.throws(() => makeSwitchHead(refused, "h2c, websocket"), pattern);
  }
});
