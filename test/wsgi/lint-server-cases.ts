/** Each rule that binds a server, broken once. */
import type { Environ, ResponseBody, StartResponse } from "../../src/wsgi/types.ts";
import { answer, environWith, inputOf } from "../support/linted.ts";
import { application, type Case, correct, environ, server } from "./lint-case.ts";

export const SERVER_CASES: Readonly<Record<string, Case>> = {
  "call-two-arguments": {
    shows: "the application was called with 3 arguments",
    run: server(async (call, start) => (await call(environWith(), start, 3)).close?.()),
  },
  "start-response-callable": {
    shows: "start_response is undefined",
    also: ["raises"],
    run: ({ lint }) =>
      answer((given) => Reflect.apply(lint(correct), undefined, [given, undefined])),
  },
  "environ-plain": {
    shows: "the environ is a Map",
    run: ({ lint }) => answer(lint(correct), Object.assign(new Map(), environWith())),
  },
  "environ-required": {
    shows: "the environ lacks QUERY_STRING, wsgi.run_once",
    run: environ({ QUERY_STRING: undefined, "wsgi.run_once": undefined }),
  },
  "environ-strings": {
    shows: "REMOTE_PORT is a number",
    run: environ({ REMOTE_PORT: 5 }),
  },
  "environ-native": {
    shows: 'HTTP_X is "\u20ac"',
    run: environ({ HTTP_X: "\u20ac" }),
  },
  "environ-method": { shows: 'REQUEST_METHOD is ""', run: environ({ REQUEST_METHOD: "" }) },
  "environ-script-name": { shows: 'SCRIPT_NAME is "/"', run: environ({ SCRIPT_NAME: "/" }) },
  "environ-path-info": { shows: 'PATH_INFO is "*"', run: environ({ PATH_INFO: "*" }) },
  "environ-query-string": { shows: '"a b"', run: environ({ QUERY_STRING: "a b" }) },
  "environ-content-length": { shows: '"+5"', run: environ({ CONTENT_LENGTH: "+5" }) },
  "environ-server-name": { shows: "SERVER_NAME is empty", run: environ({ SERVER_NAME: "" }) },
  "environ-server-port": { shows: 'SERVER_PORT is ""', run: environ({ SERVER_PORT: "" }) },
  "environ-protocol": { shows: '"1.1"', run: environ({ SERVER_PROTOCOL: "1.1" }) },
  "environ-content-headers": {
    shows: 'HTTP_CONTENT_TYPE is "text/plain"',
    run: environ({ HTTP_CONTENT_TYPE: "text/plain" }),
  },
  "environ-proxy": { shows: 'HTTP_PROXY is "evil"', run: environ({ HTTP_PROXY: "evil" }) },
  "environ-wsgi-version": { shows: "[1, 1]", run: environ({ "wsgi.version": [1, 1] }) },
  "environ-url-scheme": { shows: '"ftp"', run: environ({ "wsgi.url_scheme": "ftp" }) },
  "environ-client-disconnected": {
    shows: "portico.client_disconnected is true",
    run: environ({ "portico.client_disconnected": true }),
  },
  "environ-upgrade": {
    shows: 'portico.upgrade is "websocket"',
    run: environ({ "portico.upgrade": "websocket" }),
  },
  "environ-flags": { shows: "wsgi.multithread is 1", run: environ({ "wsgi.multithread": 1 }) },
  "environ-extension-names": {
    shows: 'an extension is named "Upper.Case"',
    run: environ({ "Upper.Case": 1 }),
  },
  "environ-input": {
    shows: "wsgi.input has no readlines, Symbol.asyncIterator",
    run: environ({ "wsgi.input": { read() {}, readline() {} } }),
  },
  "environ-errors": {
    shows: "wsgi.errors has no flush",
    run: environ({ "wsgi.errors": { write() {}, writelines() {} } }),
  },
  "start-response-returns-write": {
    shows: "start_response returned undefined",
    run: server(async (call) => {
      const body = await call(environWith(), () => undefined);
      await body.close?.();
    }),
  },
  "input-returns-bytes": {
    shows: "wsgi.input.read gave a string",
    run: application(
      async (given: Environ, startResponse: StartResponse) => {
        await given["wsgi.input"].read();
        return correct(given, startResponse);
      },
      { "wsgi.input": { ...inputOf(""), read: async () => "text" } },
    ),
  },
  "input-within-length": {
    shows: "wsgi.input.read(2) gave 5 bytes",
    run: application(
      async (given: Environ, startResponse: StartResponse) => {
        await given["wsgi.input"].read(2);
        return correct(given, startResponse);
      },
      { "wsgi.input": { ...inputOf(""), read: async () => Buffer.from("hello") } },
    ),
  },
  "iterated-after-close": {
    shows: "an item was asked for after close()",
    run: server(async (call, start) => {
      const body = (await call(environWith(), start)) as Iterable<Uint8Array> & ResponseBody;
      const items = body[Symbol.iterator]();
      await body.close?.();
      items.next();
    }),
  },
  "close-once": {
    shows: "close() was called a second time",
    run: server(async (call, start) => {
      const body = await call(environWith(), start);
      await body.close?.();
      await body.close?.();
    }),
  },
};
