import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type EncodedRequest,
  EnvironEncoder,
  MAX_COMMON_ENVIRONS,
} from "../../src/bridge/environ-codec.ts";
import { decodeItems, encodeEnviron } from "../../src/bridge/strings.ts";

const FIELDS = { SERVER_NAME: "a", REMOTE_ADDR: "192.0.2.1", "wsgi.input": {}, HTTP_COOKIE: "b=c" };

test("what is sent of each request makes its whole environ, whatever is common by then", () => {
  const encoder = new EnvironEncoder();
  const connection = {};
  const environs: Readonly<Record<string, unknown>>[] = [
    { PATH_INFO: "/1", ...FIELDS, "portico.request_id": "one" },
    { PATH_INFO: "/2", ...FIELDS, "portico.request_id": "two", own: "x" },
    { PATH_INFO: "/2", ...FIELDS, "portico.request_id": "two", own: "x" },
    { PATH_INFO: "/3", ...FIELDS },
    { PATH_INFO: "/4", ...FIELDS, HTTP_COOKIE: "other", "portico.request_id": "four", own: "" },
    { PATH_INFO: "/5", ...FIELDS, "portico.request_id": "five\0", own: "x" },
    { PATH_INFO: "/6", ...FIELDS, "portico.request_id": "six", own: "x", "own%": "x" },
    { PATH_INFO: "/7", ...FIELDS, HTTP_NEW: "later", "portico.request_id": "seven", own: "x" },
    { own: "first", PATH_INFO: "/8", ...FIELDS, "portico.request_id": "eight" },
    { PATH_INFO: "/9", ...FIELDS },
    { PATH_INFO: "/10", ...FIELDS },
    { PATH_INFO: "/11", ...FIELDS, HTTP_COOKIE: "" },
  ];
  for (const environ of environs) {
    for (const changes of [[], ["more", "1", "PATH_INFO", "/changed"]]) {
      const whole = encodeEnviron(environ, changes);
      const encoded = encoder.encode(environ, changes, connection);
      assert.deepEqual(pairsOf(encoded), pairsIn(whole.text), String(environ.PATH_INFO));
      assert.equal(encoded.isEscaped, whole.isEscaped);
    }
  }
});

test("from the third request of a connection on, only what is different is sent", () => {
  const encoder = new EnvironEncoder();
  const connection = {};
  const send = (path: string): EncodedRequest =>
    encoder.encode({ PATH_INFO: path, ...FIELDS }, [], connection);
  assert.equal(send("/1").common, undefined);
  assert.deepEqual({ ...send("/2"), common: undefined }, SAME);
  const third = send("/3");
  assert.equal(third.text, "PATH_INFO\0/3");
  assert.equal(send("/2").text, "");
  assert.equal(send("/2").common, third.common);
});

const SAME = { text: "", isEscaped: false, common: undefined };

test("what two requests in a row lack is common no longer", () => {
  const encoder = new EnvironEncoder();
  const connection = {};
  const send = (environ: object): EncodedRequest => encoder.encode(environ, [], connection);
  const wide = { A: "1", B: "2" };
  send(wide);
  const { common } = send(wide);
  assert.equal(send({ A: "1" }).common, undefined);
  assert.equal(send(wide).common, common);
  assert.equal(send({ A: "1" }).common, undefined);
  assert.equal(send({ A: "1" }).common, undefined);
  const narrow = send({ A: "1" }).common;
  assert.equal(narrow?.payload.slice(4), "A\x001");
  assert.notEqual(narrow, common);
});

test("connections share nothing, and numbers stay below what a worker keeps", () => {
  const encoder = new EnvironEncoder();
  const numbers = new Set<number>();
  for (let index = 0; index < 2 * MAX_COMMON_ENVIRONS; index += 1) {
    const connection = {};
    const environ = { REMOTE_PORT: String(index) };
    encoder.encode(environ, [], connection);
    const { common } = encoder.encode(environ, [], connection);
    assert.equal(common?.payload.slice(4), `REMOTE_PORT\0${index}`);
    assert.ok(common.number < MAX_COMMON_ENVIRONS);
    numbers.add(common.number);
  }
  assert.equal(numbers.size, MAX_COMMON_ENVIRONS);
});

test("of a connection whose fields are long nothing is kept", () => {
  const encoder = new EnvironEncoder();
  const connection = {};
  const long = { PATH_INFO: "/", ...FIELDS, HTTP_LONG: "x".repeat(8_192) };
  for (const _ of [1, 2, 3]) {
    const { common, text } = encoder.encode(long, [], connection);
    assert.deepEqual([common, text], [undefined, encodeEnviron(long, []).text]);
  }
});

test("what is no native string is refused, by name, also where it alone is different", () => {
  const encoder = new EnvironEncoder();
  const connection = {};
  for (let count = 0; count < 3; count += 1)
    encoder.encode({ ...FIELDS, own: "x" }, [], connection);
  for (const value of ["€", "€\0"]) {
    assert.throws(() => encoder.encode({ ...FIELDS, own: value }, [], connection), /"own"/);
  }
});

function pairsOf({ common, text }: EncodedRequest): Map<string, string> {
  return new Map([...pairsIn(common?.payload.slice(4) ?? ""), ...pairsIn(text)]);
}

function pairsIn(text: string): Map<string, string> {
  const items = decodeItems(text);
  const pairs = new Map<string, string>();
  for (let at = 0; at < items.length; at += 2) pairs.set(items[at] ?? "", items[at + 1] ?? "");
  return pairs;
}
