/** What the public suites' verdicts mean for the core: one judge for each suite. */
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { makeEnviron } from "../../src/gateway/environ.ts";
import { EMPTY_INPUT } from "../../src/gateway/input-stream.ts";
import type { RequestHead } from "../../src/http/events.ts";
import type { HeaderMap } from "../../src/http/fields.ts";
import { DEFAULT_HTTP_LIMITS } from "../../src/http/limits.ts";
import type { ProxyMode } from "../../src/http/proxy-protocol.ts";
import { CONNECTION_FACTS, SERVER_FACTS } from "../support/environ-facts.ts";
import {
  type Outcome,
  type ReadRequest,
  type ReadSettings,
  read,
  readEveryWay,
} from "./every-cut.ts";

/** A case as its file has it; which of the fields are there depends on the suite. */
export interface Case {
  readonly id: string;
  readonly raw_b64?: string;
  readonly raw_with_host_b64?: string;
  readonly raw_gzip_b64?: string;
  readonly acceptable_statuses?: readonly number[];
  // gunicorn
  readonly class?: string;
  readonly rfc_server_verdict?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly requests?: readonly ExpectedRequest[];
  // llhttp
  readonly server_verdict?: string;
  readonly messages?: readonly ExpectedMessage[];
  readonly eof_after_input?: boolean;
  readonly head_incomplete?: boolean;
  // h1spec and gunicorn
  readonly expect?: string | H1specExpectation;
  // attacks
  readonly verdict?: string;
  readonly title?: string;
  readonly statuses?: readonly number[];
  readonly connection?: string;
  readonly environ?: Readonly<Record<string, string>>;
  readonly script?: unknown;
  readonly seen_paths?: readonly string[];
  readonly seen_paths_alternative?: readonly string[];
  readonly environ_absent?: readonly string[];
  readonly half_close?: boolean;
  readonly generate?: string;
}

/** What came of a case's bytes, and of the same bytes with the client's end behind them. */
export interface Reading {
  readonly whole: Outcome;
  readonly cutShort: Outcome;
}

interface H1specExpectation {
  readonly kind: "wait" | "status";
  readonly ranges?: readonly (readonly [number, number])[];
  readonly body_if_200?: string;
}

type Headers = readonly (readonly [name: string, value: string])[];

interface ExpectedRequest {
  readonly method: string;
  readonly uri: string;
  readonly version: string;
  readonly headers: Headers;
  readonly body_b64: string;
}

interface ExpectedMessage {
  readonly method: string;
  readonly url: string;
  readonly version: string;
  readonly headers: Headers;
  readonly body_b64: string;
}

export function judgeGunicorn(each: Case, reading: Reading = coreReading(each)): void {
  const outcome = reading.whole;
  switch (each.rfc_server_verdict === "see-config" ? each.expect : each.rfc_server_verdict) {
    case "accept":
      assertRequests(outcome, (each.requests ?? []).map(fromGunicorn));
      return;
    case "reject":
      assertRefused(
        each.class === "rfc-eof" ? reading.cutShort : outcome,
        each.acceptable_statuses,
      );
      return;
    default:
      assertNothingSmuggled(outcome, []);
  }
}

export function judgeLlhttp(each: Case, reading: Reading = coreReading(each)): void {
  const outcome = reading.whole;
  const messages = (each.messages ?? []).map(fromLlhttp);
  switch (each.server_verdict) {
    case "accept":
      assertRequests(outcome, messages);
      return;
    case "reject":
      assertRefused(each.head_incomplete ? reading.cutShort : outcome, each.acceptable_statuses);
      return;
    case "wait":
      assert.equal(outcome.end, "waiting");
      return;
    case "accept-first-then-close":
      assert.equal(outcome.end, "closed");
      assertRequests(outcome, messages.slice(0, 1));
      return;
    case "accept-first-then-wait":
      assert.equal(outcome.end, "waiting");
      assertRequests(outcome, messages.slice(0, -1));
      return;
    case "accept-first-then-error":
      assert.ok(outcome.end === "waiting" || typeof outcome.end === "object");
      assertRequests(outcome, messages.slice(0, 1));
      return;
    case "wait-then-eof-error":
      assert.equal(outcome.end, "waiting");
      assertRefused(reading.cutShort, [400]);
      return;
    default:
      assertNothingSmuggled(outcome, []);
  }
}

export function judgeH1spec(each: Case, reading: Reading = coreReading(each)): void {
  const outcome = reading.whole;
  assert.ok(typeof each.expect === "object");
  if (each.expect.kind === "wait") {
    assert.equal(outcome.end, "waiting");
    return;
  }
  const status = statusOf(outcome);
  const isExpected = each.expect.ranges?.some(([from, to]) => status >= from && status <= to);
  assert.ok(isExpected, `the answer would be ${status}`);
  if (status === 200 && each.expect.body_if_200 !== undefined) {
    assert.equal(outcome.requests[0]?.body.toString(), each.expect.body_if_200);
  }
}

/** Of the attacks, those that their bytes alone decide; test/hostile judges these and all others. */
export function isDecidedByItsBytes(each: Case): boolean {
  return each.script === undefined && each.verdict !== "server-protects";
}

export function judgeAttack(each: Case): void {
  if (each.generate !== undefined) {
    judgeGenerated(each);
    return;
  }
  const outcome = each.half_close ? cutShort(each) : readEveryWay(bytesOf(each));
  assertNothingSmuggled(outcome, each.seen_paths ?? []);
  if (each.verdict === "reject") assertRefused(outcome, each.statuses);
  const status = statusOf(outcome);
  assert.ok(each.statuses?.includes(status) ?? true, `the answer would be ${status}`);
  if (each.seen_paths !== undefined && status === 200) {
    assert.deepEqual(
      complete(outcome).map((request) => request.head.rawPath),
      each.seen_paths,
    );
  }
  for (const key of each.environ_absent ?? []) {
    assert.ok(!outcome.requests.some(({ head }) => key in environOf(head)), key);
  }
}

/** What an application would see of a client that is no proxy. */
function environOf(head: RequestHead): object {
  return makeEnviron(head, CONNECTION_FACTS, SERVER_FACTS, EMPTY_INPUT);
}

/** Cases that are too large to be kept, made here in pieces. */
function judgeGenerated(each: Case): void {
  const head = "POST / HTTP/1.1\r\nHost: t.example\r\nTransfer-Encoding: chunked\r\n\r\n";
  const pieces =
    each.id === "chunk-45"
      ? [head, ...Array<string>(1000).fill("1\r\nA\r\n".repeat(1000)), "0\r\n\r\n"]
      : [head, "5;", ...Array<string>(1000).fill("a".repeat(1000))];
  const outcome = read(pieces.map((piece) => Buffer.from(piece)));
  if (each.verdict === "limit") assertRefused(outcome, each.statuses);
  else assert.equal(outcome.requests[0]?.body.length, 1_000_000);
}

function coreReading(each: Case): Reading {
  return {
    whole: readEveryWay(bytesOf(each), settingsOf(each.config ?? {})),
    get cutShort() {
      return cutShort(each);
    },
  };
}

export function bytesOf(each: Case): Buffer {
  if (each.raw_gzip_b64 !== undefined) return gunzipSync(Buffer.from(each.raw_gzip_b64, "base64"));
  return Buffer.from(each.raw_with_host_b64 ?? each.raw_b64 ?? "", "base64");
}

export function settingsOf(config: Readonly<Record<string, unknown>>): ReadSettings {
  const size = (name: string, fallback: number) => Number(config[name] || fallback);
  return {
    ...DEFAULT_HTTP_LIMITS,
    maxRequestLineBytes: size("limit_request_line", DEFAULT_HTTP_LIMITS.maxRequestLineBytes),
    maxFieldBytes: size("limit_request_field_size", DEFAULT_HTTP_LIMITS.maxFieldBytes),
    maxFields: size("limit_request_fields", DEFAULT_HTTP_LIMITS.maxFields),
    // The suite's words for these are those of the types.
    ...(config.header_map !== undefined && { headerMap: config.header_map as HeaderMap }),
    ...(config.proxy_protocol !== undefined && { proxyMode: config.proxy_protocol as ProxyMode }),
  };
}

/** The case's bytes, and then the client's end. */
function cutShort(each: Case): Outcome {
  return read([bytesOf(each), null]);
}

function fromGunicorn(expected: ExpectedRequest): unknown[] {
  return [
    expected.method,
    expected.uri,
    expected.version,
    lowered(expected.headers),
    Buffer.from(expected.body_b64, "base64").toString("latin1"),
  ];
}

function fromLlhttp(expected: ExpectedMessage): unknown[] {
  return fromGunicorn({
    ...expected,
    uri: expected.url,
    version: `HTTP/${expected.version}`,
  });
}

function assertRequests(outcome: Outcome, expected: readonly unknown[][]): void {
  assert.deepEqual(complete(outcome).map(asExpected), expected);
}

function asExpected({ head, body }: ReadRequest): unknown[] {
  const headers = head.names.map((name, index) => [name.lower, head.values[index] ?? ""] as const);
  return [head.method, head.target, head.version, lowered(headers), body.toString("latin1")];
}

/** The suites' Host-less cases get this Host, which their expected headers do not mention. */
function lowered(headers: Headers): Headers {
  return headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name, value]) => name !== "host" || value !== "t.example");
}

function complete(outcome: Outcome): readonly ReadRequest[] {
  return outcome.requests.filter((request) => request.isComplete);
}

function assertRefused(outcome: Outcome, statuses: readonly number[] | undefined): void {
  assert.deepEqual(complete(outcome), []);
  assert.ok(typeof outcome.end === "object", `nothing was refused: ${outcome.end}`);
  const status = outcome.end.statusHint;
  assert.ok(statuses?.includes(status) ?? status === 400, `refused with ${status}`);
}

function assertNothingSmuggled(outcome: Outcome, allowed: readonly string[]): void {
  const paths = complete(outcome).map((request) => request.head.rawPath);
  assert.ok(!paths.includes("/smuggled") || allowed.includes("/smuggled"));
}

/** The first answer's status if the application says 200; 0 if none would be given yet. */
function statusOf({ requests, end }: Outcome): number {
  if (requests[0]?.isComplete) return 200;
  return typeof end === "object" ? end.statusHint : 0;
}
