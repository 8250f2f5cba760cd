/** Each oracle sees the fault that it is there for: none of them holds of everything. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "../../src/http/limits.ts";
import type { Outcome, ReadRequest } from "../http/every-cut.ts";
import { LIMITS } from "./judge.ts";
import { type Observed, observe, requestText } from "./observed.ts";
import { ORACLES, type Subject } from "./oracles.ts";
import { Random } from "./random.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";

/** What a connection makes of the text, as it is or as a faulty one would have it. */
function subject(text: string, changes: Partial<Subject> = {}): Subject {
  const bytes = Buffer.from(text, "latin1");
  const limits = changes.limits ?? DEFAULT_HTTP_LIMITS;
  const whole = observe([bytes], limits);
  const random = new Random(1);
  return {
    text,
    bytes,
    limits,
    whole,
    before: "",
    meant: undefined,
    cuts: "all",
    random,
    ...changes,
  };
}

/** A reading of the text that says something else than what was read. */
function misread(text: string, request: Partial<ReadRequest>, end?: Outcome["end"]): Observed {
  const { outcome, ...others } = observe([Buffer.from(text, "latin1")], DEFAULT_HTTP_LIMITS);
  const requests = outcome.requests.map((each) => ({ ...each, ...request }));
  const outcomeSaid = { requests, end: end ?? outcome.end };
  const endSaid = typeof end === "string" ? end : others.end;
  return { ...others, outcome: outcomeSaid, requests: requests.map(requestText), end: endSaid };
}

function headOf(text: string, limits: HttpLimits = DEFAULT_HTTP_LIMITS): ReadRequest["head"] {
  const [first] = observe([Buffer.from(text, "latin1")], limits).outcome.requests;
  assert.ok(first !== undefined);
  return first.head;
}

const chunkedHead = headOf("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
const meant = {
  method: "GET",
  target: "/",
  version: "HTTP/1.1",
  fields: [["Host", "b"]],
  body: "",
} as const;

const FAULTS: Readonly<Record<keyof typeof ORACLES, readonly Subject[]>> = {
  refusesWithAKnownStatus: [subject(GET, { whole: misread(GET, {}, { statusHint: 200 }) })],
  holdsNoMoreThanItsLimits: [
    subject(GET, { whole: { ...observe([Buffer.from(GET)], LIMITS.small), mostUnread: 1e6 } }),
    subject(POST, { whole: misread(POST, { body: Buffer.alloc(65) }), limits: LIMITS.small }),
  ],
  acceptsOnlyLegalHeads: [
    { target: "/a b" },
    { method: "CONNECT" },
    { rawPath: "/x" },
    { query: "x" },
    { host: "b" },
    { values: ["a\nb"] },
    { values: [" a"] },
    { names: [...headOf(GET).names, ...headOf(GET).names], values: ["a", "a"] },
    { framing: { kind: "chunked" } as const },
    { keepAlive: false },
    { expectsContinue: true },
    { ...chunkedHead, version: "HTTP/1.0" as const },
  ].map((change) => subject(GET, { whole: misread(GET, { head: { ...headOf(GET), ...change } }) })),
  readsRequestsWhereTheyStand: [
    subject(GET, { whole: misread(GET, { head: { ...headOf(GET), target: "/x" } }) }),
    subject(POST, { whole: misread(POST, { body: Buffer.from("ho") }) }),
    subject(`${GET}rest`, { whole: misread(GET, {}) }),
  ],
  readsWhatWasMeant: [subject(GET, { meant: [meant] }), subject("no request\r\n", { meant: [] })],
  readsTheSameHoweverCut: [subject(POST, { whole: misread(POST, { body: Buffer.from("ho") }) })],
  leavesTheNextRequestAlone: [
    subject(GET, { whole: misread(GET, {}, "closed") }),
    subject(GET, { whole: misread(GET, { head: headOf(POST) }) }),
    subject(GET, { whole: misread(GET, { head: headOf(POST) }, "waiting") }),
  ],
  forgetsWhatCameBefore: [
    subject(GET, { before: `X${GET}`, whole: misread(GET, { body: Buffer.alloc(1) }) }),
  ],
  readsItsOwnReading: [
    subject(GET, { whole: misread(GET, { head: { ...headOf(GET), query: "x" } }) }),
  ],
  hearsTheEndOfTheClient: [subject(GET, { whole: misread(GET, {}, "waiting") })],
};

for (const [name, faults] of Object.entries(FAULTS)) {
  test(`${name} holds of what is read, and not of what is read wrongly`, () => {
    const oracle = ORACLES[name];
    assert.ok(oracle !== undefined);
    for (const text of [GET, POST, GET + POST, "no request\r\n", "GET / HT"]) oracle(subject(text));
    faults.forEach((fault, index) => {
      assert.throws(() => oracle(fault), assert.AssertionError, `fault ${index} was not seen`);
    });
  });
}

test("every oracle has a fault that it must see", () => {
  assert.deepEqual(Object.keys(FAULTS), Object.keys(ORACLES));
});
