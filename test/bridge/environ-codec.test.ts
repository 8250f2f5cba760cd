import assert from "node:assert/strict";
import { test } from "node:test";
import { EnvironEncoder } from "../../src/bridge/environ-codec.ts";
import { encodeEnviron } from "../../src/bridge/strings.ts";

const COMMON = { SERVER_NAME: "a", REMOTE_ADDR: "192.0.2.1", "wsgi.input": {}, HTTP_COOKIE: "b=c" };

test("each request's own part stands around what its connection's requests share", () => {
  const encoder = new EnvironEncoder();
  const connection = {};
  const environs = [
    { PATH_INFO: "/1", ...COMMON, "portico.request_id": "one", HTTP_X_REQUEST_ID: "one" },
    { PATH_INFO: "/2", ...COMMON, "portico.request_id": "two", HTTP_X_REQUEST_ID: "two", own: "x" },
    { PATH_INFO: "/3", ...COMMON },
    { PATH_INFO: "/4", ...COMMON, HTTP_COOKIE: "other", "portico.request_id": "four" },
    { PATH_INFO: "/5", ...COMMON, "portico.request_id": "five\0", own: "x" },
    { PATH_INFO: "/6", ...COMMON, "portico.request_id": "six", "own%": "x" },
    { PATH_INFO: "/7", ...COMMON, HTTP_NEW: "later" },
  ];
  for (const environ of environs) {
    const encoded = encoder.encode(environ, ["more", "1"], connection);
    assert.deepEqual(encoded, encodeEnviron(environ, ["more", "1"]), environ.PATH_INFO);
  }
  const foreign = { PATH_INFO: "/8", ...COMMON, "portico.request_id": "€" };
  assert.throws(() => encoder.encode(foreign, [], connection), /"portico.request_id"/);
});
