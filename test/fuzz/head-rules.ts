/**
 * What RFC 9110 and 9112 demand of every accepted head, in code that shares nothing with the
 * server's: characters are looked up in lists, and lists are split by hand.
 */
import assert from "node:assert/strict";
import type { RequestHead } from "../../src/http/events.ts";
import type { HttpLimits } from "../../src/http/limits.ts";

const DIGITS = "0123456789";
const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const TOKEN_CHARACTERS = new Set(`!#$%&'*+-.^_\`|~${DIGITS}${LETTERS}`);
const HOST_CHARACTERS = new Set(`-._~!$&'()*+,;=%:[]${DIGITS}${LETTERS}`);
/** RFC 9110 §5.3: fields that are no lists; two of them could be read in two ways. */
const SINGLE = [
  ...["content-type", "authorization", "content-location", "from", "if-modified-since", "if-range"],
  ...["if-unmodified-since", "max-forwards", "range", "referer", "user-agent"],
];

/** @throws {AssertionError} the head should have been refused, or means something else */
export function assertLegalHead(head: RequestHead, limits: HttpLimits): void {
  assertRequestLine(head, limits);
  assert.equal(head.names.length, head.values.length);
  assert.ok(head.names.length <= limits.maxFields, "more fields than allowed");
  head.names.forEach(({ lower }, index) => {
    assertField(lower, head.values[index] ?? "", limits);
  });
  for (const name of SINGLE) assert.ok(valuesOf(head, name).length <= 1, `${name} stands twice`);
  assertHost(head);
  assertFraming(head, limits);
  assertConnection(head);
  assertExpectation(head);
}

function assertRequestLine(head: RequestHead, limits: HttpLimits): void {
  const { method, target, version, rawPath, query } = head;
  assert.ok(isToken(method) && method !== "CONNECT", "the method");
  assert.ok(version === "HTTP/1.0" || version === "HTTP/1.1", "the version");
  const length = method.length + target.length + version.length + 2;
  assert.ok(length <= limits.maxRequestLineBytes, "the request line is too long");
  assert.ok(
    hasOnly(target, (code) => code > 0x20 && code < 0x7f && code !== 0x23),
    "the target",
  );
  const pathAndQuery = pathOf(method, target);
  const mark = pathAndQuery.indexOf("?");
  const path = mark === -1 ? pathAndQuery : pathAndQuery.slice(0, mark);
  assert.equal(rawPath, path === "" && target !== "*" ? "/" : path, "the path");
  assert.equal(query, mark === -1 ? "" : pathAndQuery.slice(mark + 1), "the query");
}

/** RFC 9112 §3.2: origin-form, asterisk-form or absolute-form. */
function pathOf(method: string, target: string): string {
  if (target.startsWith("/")) return target;
  if (target === "*") {
    assert.equal(method, "OPTIONS", "asterisk-form is for OPTIONS");
    return "";
  }
  return target.slice(schemeOf(target).length + authorityOf(target).length);
}

function schemeOf(target: string): string {
  const end = target.indexOf("://") + 3;
  const scheme = target.slice(0, end);
  assert.ok(["http://", "https://"].includes(scheme.toLowerCase()), "the target's scheme");
  return scheme;
}

function authorityOf(target: string): string {
  const rest = target.slice(schemeOf(target).length);
  return rest.slice(0, Math.min(...["/", "?"].map((mark) => endAt(rest, mark))));
}

function endAt(text: string, mark: string): number {
  const at = text.indexOf(mark);
  return at === -1 ? text.length : at;
}

function assertField(name: string, value: string, limits: HttpLimits): void {
  assert.ok(isToken(name) && name === name.toLowerCase(), "a field's name");
  const isLegal = (code: number) => code === 9 || (code >= 0x20 && code !== 0x7f && code <= 0xff);
  assert.ok(hasOnly(value, isLegal), "a field's value");
  assert.ok(!/^[\t ]|[\t ]$/.test(value), "white space around a field's value");
  assert.ok(name.length + 1 + value.length <= limits.maxFieldBytes, "a field is too long");
}

/** RFC 9112 §3.2 and §3.2.2 */
function assertHost(head: RequestHead): void {
  const hosts = valuesOf(head, "host");
  assert.ok(hosts.length === 1 || (hosts.length === 0 && head.version === "HTTP/1.0"), "hosts");
  const isAbsolute = !head.target.startsWith("/") && head.target !== "*";
  assert.equal(head.host, isAbsolute ? authorityOf(head.target) : hosts[0], "the host");
  for (const host of [...hosts, ...(head.host === undefined ? [] : [head.host])]) {
    assert.ok(host !== "" && [...host].every((each) => HOST_CHARACTERS.has(each)), "a host");
  }
}

/** RFC 9112 §6.1 to §6.3 */
function assertFraming(head: RequestHead, limits: HttpLimits): void {
  const lengths = valuesOf(head, "content-length");
  const codings = valuesOf(head, "transfer-encoding");
  assert.ok(lengths.length + codings.length <= 1, "the body is delimited twice");
  for (const coding of codings) {
    assert.equal(coding.toLowerCase(), "chunked");
    assert.equal(head.version, "HTTP/1.1", "HTTP/1.0 has no transfer codings");
    assert.deepEqual(head.framing, { kind: "chunked" });
  }
  for (const length of lengths) {
    assert.ok(length !== "" && [...length].every((each) => DIGITS.includes(each)), "the length");
    assert.ok(BigInt(length) <= BigInt(limits.maxBodyBytes), "the body is too long");
    const announced = head.framing.kind === "content-length" ? head.framing.length : 0;
    assert.equal(BigInt(announced), BigInt(length), "another length is used");
  }
  const hasBody = codings.length > 0 || lengths.some((length) => BigInt(length) > 0n);
  assert.equal(head.framing.kind === "none", !hasBody, "whether there is a body");
}

/** RFC 9112 §9.3 */
function assertConnection(head: RequestHead): void {
  const options = listOf(valuesOf(head, "connection"));
  const asksToKeep = head.version === "HTTP/1.1" || options.includes("keep-alive");
  assert.equal(head.keepAlive, asksToKeep && !options.includes("close"), "keep-alive");
}

/** RFC 9110 §10.1.1 */
function assertExpectation(head: RequestHead): void {
  const expected = head.version === "HTTP/1.1" ? listOf(valuesOf(head, "expect")) : [];
  assert.equal(head.expectsContinue, expected.includes("100-continue"), "100-continue");
  assert.ok(
    expected.every((each) => each === "100-continue"),
    "an expectation",
  );
}

function valuesOf(head: RequestHead, name: string): string[] {
  return head.values.filter((_, index) => head.names[index]?.lower === name);
}

function listOf(values: readonly string[]): string[] {
  const isBlank = (character: string | undefined) => character === " " || character === "\t";
  return values.flatMap((value) => {
    const elements = value.split(",").map((element) => {
      let text = element;
      while (isBlank(text[0])) text = text.slice(1);
      while (isBlank(text.at(-1))) text = text.slice(0, -1);
      return text.toLowerCase();
    });
    return elements.filter((element) => element !== "");
  });
}

function isToken(text: string): boolean {
  return text !== "" && [...text].every((each) => TOKEN_CHARACTERS.has(each));
}

function hasOnly(text: string, isAllowed: (code: number) => boolean): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (!isAllowed(text.charCodeAt(index))) return false;
  }
  return text !== "" || isAllowed(0x20);
}
