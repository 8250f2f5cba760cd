/** What must be true of any bytes that a client sends: one function for each promise. */
import assert from "node:assert/strict";
import type { HttpLimits } from "../../src/http/limits.ts";
import { type ReadRequest, SECOND_REQUEST } from "../http/every-cut.ts";
import { assertStandIn } from "./accepted-bytes.ts";
import { assertLegalHead } from "./head-rules.ts";
import { type Observed, observe, readingText, requestText } from "./observed.ts";
import type { Random } from "./random.ts";
import type { Meant } from "./request-grammar.ts";

/** Some bytes and what a connection made of them. */
export interface Subject {
  readonly text: string;
  readonly bytes: Buffer;
  readonly limits: HttpLimits;
  readonly whole: Observed;
  /** Requests that leave a connection idle, to stand before these bytes. */
  readonly before: string;
  readonly meant: readonly Meant[] | undefined;
  /** `few` is what most inputs get, `many` some of them, `all` one that failed. */
  readonly cuts: "few" | "many" | "all";
  readonly random: Random;
}

export type Oracle = (subject: Subject) => void;

/** The statuses that a server may give to a request that it did not understand. */
const REFUSALS: ReadonlySet<number> = new Set([400, 408, 413, 414, 417, 431, 501, 505]);
const MOST_PIECES = 5;

/** RFC 9110 §15: the client is told something that this server means to say. */
export function refusesWithAKnownStatus({ whole }: Subject): void {
  const { end } = whole.outcome;
  if (typeof end === "object") assert.ok(REFUSALS.has(end.statusHint), `status ${end.statusHint}`);
}

/** A connection whose pieces are read holds less than what its limits allow to be incomplete. */
export function holdsNoMoreThanItsLimits({ whole, limits }: Subject): void {
  assert.ok(whole.mostUnread <= mostHeld(limits), `${whole.mostUnread} bytes are held`);
  for (const { body } of whole.outcome.requests) assert.ok(body.length <= limits.maxBodyBytes);
}

/** An empty line, and then a head or a line of a chunked body. */
function mostHeld(limits: HttpLimits): number {
  return 2 + Math.max(limits.maxHeadBytes, limits.maxChunkLineBytes);
}

export function acceptsOnlyLegalHeads({ whole, limits }: Subject): void {
  for (const { head } of whole.outcome.requests) assertLegalHead(head, limits);
}

/** Each request stands in the bytes where the one before it ends, and an idle connection has read all. */
export function readsRequestsWhereTheyStand({ text, whole, limits }: Subject): void {
  const end = assertStandIn(text, whole.outcome.requests, limits);
  if (whole.end !== "idle") return;
  const rest = text.slice(end);
  assert.ok(rest === "" || rest === "\r\n", "an idle connection has dropped bytes");
}

/** What the grammar wrote well is accepted, and read as it was meant. */
export function readsWhatWasMeant({ meant, whole }: Subject): void {
  if (meant === undefined) return;
  assert.ok(
    ["idle", "closed"].includes(whole.end),
    `a good request: ${whole.end} ${whole.message}`,
  );
  const texts = meant.map(({ method, target, version, fields, body }) => [
    method,
    target,
    version,
    ...fields.map(([name, value]) => `${name.toLowerCase()}:${value}`),
    body,
  ]);
  const read = whole.outcome.requests.map(({ head, body }) => [
    ...[head.method, head.target, head.version],
    ...head.names.map((name, index) => `${name.lower}:${head.values[index]}`),
    body.toString("latin1"),
  ]);
  assert.deepEqual(read, texts);
}

export function readsTheSameHoweverCut(subject: Subject): void {
  const { bytes, limits, whole, cuts, random } = subject;
  const expected = readingText(whole);
  for (const pieces of waysToCut(bytes, cuts, random)) {
    const observed = observe(pieces, limits);
    const where = pieces.map((piece) => piece.length).join("+");
    assert.equal(readingText(observed), expected, `in pieces of ${where} bytes`);
    assert.ok(observed.mostUnread <= mostHeld(limits), `${observed.mostUnread} bytes are held`);
  }
}

/** "The second request is never changed by the first." */
export function leavesTheNextRequestAlone({ bytes, limits, whole }: Subject): void {
  const second = observe([SECOND_REQUEST], limits);
  const both = observe([bytes, SECOND_REQUEST], limits);
  if (whole.end === "idle") {
    assert.deepEqual(both.requests, [...whole.requests, ...second.requests]);
    assert.equal(both.end, "idle");
  } else if (whole.end === "waiting") {
    const complete = completeRequests(whole).map(requestText);
    assert.deepEqual(both.requests.slice(0, complete.length), complete);
  } else {
    assert.equal(readingText(both), readingText(whole), "bytes behind the end changed it");
  }
}

/** The same, seen from the second: whatever stood before, bytes are read as they stand alone. */
export function forgetsWhatCameBefore({ before, text, bytes, limits, whole }: Subject): void {
  // An empty line between two requests may belong to either; the second one's is not free twice.
  if (before === "" || text.startsWith("\r")) return;
  const first = Buffer.from(before, "latin1");
  const expected = [...observe([first], limits).requests, ...whole.requests, whole.end].join("\n");
  const joined = Buffer.concat([first, bytes]);
  for (const pieces of [[joined], [first, bytes], [first, ...lines(bytes)]]) {
    assert.equal(readingText(observe(pieces, limits)), expected, "what stood before changed it");
  }
}

/** Requests written again from what was read of them are read the same. */
export function readsItsOwnReading({ whole, limits }: Subject): void {
  const complete = completeRequests(whole);
  if (complete.length === 0) return;
  const bytes = Buffer.from(complete.map(canonicalText).join(""), "latin1");
  assert.deepEqual(observe([bytes], roomierThan(limits)).requests, complete.map(requestText));
}

/** The client's end completes nothing, and makes an error of what is incomplete. */
export function hearsTheEndOfTheClient({ bytes, limits, whole }: Subject): void {
  const ended = observe([bytes, null], limits);
  const expected = { idle: "closed", waiting: "refused 400" }[whole.end] ?? whole.end;
  assert.equal(ended.end, expected);
  assert.deepEqual(ended.requests, whole.requests);
}

/** All of them, under the names that a report gives. */
export const ORACLES: Readonly<Record<string, Oracle>> = {
  refusesWithAKnownStatus,
  holdsNoMoreThanItsLimits,
  acceptsOnlyLegalHeads,
  readsRequestsWhereTheyStand,
  readsWhatWasMeant,
  readsTheSameHoweverCut,
  leavesTheNextRequestAlone,
  forgetsWhatCameBefore,
  readsItsOwnReading,
  hearsTheEndOfTheClient,
};

function waysToCut(bytes: Buffer, cuts: Subject["cuts"], random: Random): Buffer[][] {
  if (cuts === "few") return [random.oneIn(3) ? lines(bytes) : randomPieces(bytes, random)];
  const ways = [randomPieces(bytes, random), lines(bytes)];
  ways.push(Array.from(bytes, (_, index) => bytes.subarray(index, index + 1)));
  if (cuts === "many") return ways;
  for (let cut = 1; cut < bytes.length; cut += 1) ways.push(cutAt(bytes, [cut]));
  return ways;
}

function randomPieces(bytes: Buffer, random: Random): Buffer[] {
  const count = 1 + random.below(MOST_PIECES - 1);
  const cuts = Array.from({ length: count }, () => random.below(bytes.length + 1));
  return cutAt(
    bytes,
    cuts.sort((one, other) => one - other),
  );
}

function lines(bytes: Buffer): Buffer[] {
  const cuts: number[] = [];
  for (let at = bytes.indexOf("\n"); at !== -1; at = bytes.indexOf("\n", at + 1)) cuts.push(at + 1);
  return cutAt(bytes, cuts);
}

function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  return [0, ...cuts].map((cut, index) => bytes.subarray(cut, cuts[index] ?? bytes.length));
}

function completeRequests({ outcome }: Observed): ReadRequest[] {
  return outcome.requests.filter((request) => request.isComplete);
}

function canonicalText({ head, body }: ReadRequest): string {
  const data = body.toString("latin1");
  const chunk = data === "" ? "" : `${data.length.toString(16)}\r\n${data}\r\n`;
  const wire = head.framing.kind === "chunked" ? `${chunk}0\r\n\r\n` : data;
  const fields = head.names.map((name, index) => `${name.lower}: ${head.values[index]}\r\n`);
  return `${head.method} ${head.target} ${head.version}\r\n${fields.join("")}\r\n${wire}`;
}

/** A space behind each colon may be one byte too many. */
function roomierThan(limits: HttpLimits): HttpLimits {
  return {
    ...limits,
    maxFieldBytes: limits.maxFieldBytes + 1,
    maxHeadBytes: limits.maxHeadBytes + limits.maxFields,
  };
}
