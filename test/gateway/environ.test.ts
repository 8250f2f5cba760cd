/** Which header fields an application sees. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { makeEnviron } from "../../src/gateway/environ.ts";
import type { ForwardedKind } from "../../src/gateway/forwarded-kinds.ts";
import { EMPTY_INPUT } from "../../src/gateway/input-stream.ts";
import { HttpConnection } from "../../src/http/connection.ts";
import type { HeaderMap } from "../../src/http/fields.ts";
import { DEFAULT_HTTP_LIMITS } from "../../src/http/limits.ts";
import { CONNECTION_FACTS, SERVER_FACTS } from "../support/environ-facts.ts";

interface Options {
  readonly headerMap?: HeaderMap;
  readonly believed?: readonly ForwardedKind[];
}

/** The header fields of an environ, without those that any request has. */
function fieldsSeen(lines: readonly string[], options: Options = {}): Record<string, unknown> {
  const http = new HttpConnection(DEFAULT_HTTP_LIMITS, options.headerMap);
  const text = ["POST / HTTP/1.1", "Host: a.example", "Content-Length: 0", ...lines, "", ""];
  http.receiveData(Buffer.from(text.join("\r\n"), "latin1"));
  const head = http.nextEvent();
  assert.ok(typeof head === "object" && head.type === "request-head");
  const { headerMap = "drop", believed } = options;
  const connection = { ...CONNECTION_FACTS, believed: believed && new Set(believed) };
  const server = { ...SERVER_FACTS, headerMap };
  const environ = makeEnviron(head, connection, server, EMPTY_INPUT);
  assert.deepEqual([environ.HTTP_HOST, environ.CONTENT_LENGTH], ["a.example", "0"]);
  const shown = Object.entries(environ).filter(([name]) => /^(HTTP|CONTENT)_/.test(name));
  return Object.fromEntries(
    shown.filter(([name]) => name !== "HTTP_HOST" && name !== "CONTENT_LENGTH"),
  );
}

test("a field name with an underscore is left out, so that it cannot pose as another", () => {
  assert.deepEqual(fieldsSeen(["X-User: a", "X_User: root", "_: b"]), { HTTP_X_USER: "a" });
});

test("a dangerous header map shows names with an underscore", () => {
  const lines = ["X-User: a", "X_User: root", "user_id: 7"];
  assert.deepEqual(fieldsSeen(lines, { headerMap: "dangerous" }), {
    HTTP_X_USER: "a, root",
    HTTP_USER_ID: "7",
  });
});

test("even a dangerous one shows none that would pose as a field with a meaning", () => {
  const lines = [
    ...["Proxy: http://evil", "Transfer_Encoding: x", "Content_Length: 9", "Content_Type: a/b"],
    ...["X_Forwarded_For: ::1", "X-Forwarded_Proto: https", "X_FORWARDED_ANYTHING: x"],
  ];
  assert.deepEqual(
    fieldsSeen(lines, { headerMap: "dangerous", believed: ["for", "proto", "host"] }),
    {},
  );
});

test("repeated fields are one list, those of a cookie one cookie", () => {
  assert.deepEqual(fieldsSeen(["X-A: 1", "Cookie: a=1", "x-a: 2", "X-B: 3", "cookie: b=2"]), {
    HTTP_X_A: "1, 2",
    HTTP_COOKIE: "a=1; b=2",
    HTTP_X_B: "3",
  });
});

test("a header map that refuses says which name it was", () => {
  for (const name of ["X_User", "Transfer_Encoding"]) {
    assert.throws(() => fieldsSeen([`${name}: a`], { headerMap: "refuse" }), {
      refusal: "underscore",
      statusHint: 400,
      message: `a field name has an underscore (see --header-map): ${name.toLowerCase()}`,
    });
  }
});

const FORWARDED = [
  ...["Forwarded: for=::1", "X-Forwarded-For: ::1", "X-Forwarded-Proto: https"],
  ...["X-Forwarded-Client-Cert: x", "X-Forwarded: 1"],
];

test("what proxies set is left out where it is not believed", () => {
  assert.deepEqual(fieldsSeen(FORWARDED), { HTTP_X_FORWARDED: "1" });
});

test("what a trusted proxy set is shown as it came", () => {
  assert.deepEqual(fieldsSeen(FORWARDED, { believed: ["for", "proto", "host"] }), {
    HTTP_FORWARDED: "for=::1",
    HTTP_X_FORWARDED_FOR: "::1",
    HTTP_X_FORWARDED_PROTO: "https",
    HTTP_X_FORWARDED_CLIENT_CERT: "x",
    HTTP_X_FORWARDED: "1",
  });
});

test("what is not believed of a trusted proxy is left out, and with it a field that says more", () => {
  assert.deepEqual(fieldsSeen(FORWARDED, { believed: ["for"] }), {
    HTTP_X_FORWARDED_FOR: "::1",
    HTTP_X_FORWARDED_CLIENT_CERT: "x",
    HTTP_X_FORWARDED: "1",
  });
});

test("what is told of TLS is the connection's, and HTTPS what the client speaks", () => {
  const tls = { SSL_PROTOCOL: "TLSv1.3" };
  const server = { ...SERVER_FACTS, deployed: { SSL_PROTOCOL: "none", "my.name": "mine" } };
  const http = new HttpConnection(DEFAULT_HTTP_LIMITS);
  http.receiveData(Buffer.from("GET / HTTP/1.1\r\nHost: a\r\nHTTPS: on\r\n\r\n"));
  const head = http.nextEvent();
  assert.ok(typeof head === "object" && head.type === "request-head");
  const told = (scheme: "http" | "https", variables?: typeof tls): unknown[] => {
    const connection = { ...CONNECTION_FACTS, scheme, tls: variables };
    const { HTTPS, SSL_PROTOCOL } = makeEnviron(head, connection, server, EMPTY_INPUT);
    return [HTTPS, SSL_PROTOCOL];
  };
  assert.deepEqual(told("https", tls), ["on", "TLSv1.3"]);
  assert.deepEqual(told("http", tls), [undefined, "TLSv1.3"]);
  assert.deepEqual(told("https"), [undefined, "none"]);
});
