/**
 * Where accepted requests stand in their bytes: a second, plain reader of messages that are already
 * known to be good. It says where each one ends, and with that where the next one begins.
 */
import assert from "node:assert/strict";
import type { RequestHead } from "../../src/http/events.ts";
import type { HttpLimits } from "../../src/http/limits.ts";
import type { ReadRequest } from "../http/every-cut.ts";

/**
 * Asserts that complete requests stand in the text one behind the other, and that the text has
 * nothing between them, nor more around them than the limits allow.
 * @returns where the last one ends
 */
export function assertStandIn(
  text: string,
  requests: readonly ReadRequest[],
  limits: HttpLimits,
): number {
  let at = 0;
  for (const { head, body, isComplete } of requests) {
    if (text.startsWith("\r\n", at)) at += 2;
    const afterHead = assertHeadStandsAt(text, at, head);
    assert.ok(afterHead - at <= limits.maxHeadBytes, "the head is too long");
    if (!isComplete) return afterHead;
    const read = readBody(text, afterHead, head);
    assert.equal(body.toString("latin1"), read.body, "the body is not that of the bytes");
    assert.ok(read.extraBytes <= limits.maxChunkLineBytes, "the chunks say too much");
    at = read.end;
  }
  return at;
}

function assertHeadStandsAt(text: string, at: number, head: RequestHead): number {
  const end = text.indexOf("\r\n\r\n", at);
  assert.ok(end !== -1, "a head without its empty line was read");
  const [first = "", ...lines] = text.slice(at, end).split("\r\n");
  const version = first.slice(-"HTTP/1.1".length);
  assert.equal(first, `${head.method} ${head.target} ${version}`, "another request line was read");
  assert.ok(head.version === version || head.version === "HTTP/1.1", "another version was read");
  assert.equal(lines.length, head.names.length, "another number of fields was read");
  lines.forEach((line, index) => {
    const colon = line.indexOf(":");
    assert.equal(line.slice(0, colon).toLowerCase(), head.names[index]?.lower, "another field");
    const value = line.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/g, "");
    assert.equal(value, head.values[index], "another value was read");
  });
  return end + 4;
}

interface BodyInBytes {
  readonly body: string;
  readonly end: number;
  /** Of chunk extensions and trailers. */
  readonly extraBytes: number;
}

function readBody(text: string, start: number, { framing }: RequestHead): BodyInBytes {
  if (framing.kind === "none") return { body: "", end: start, extraBytes: 0 };
  if (framing.kind !== "content-length") return readChunks(text, start);
  const end = start + framing.length;
  return { body: text.slice(start, end), end, extraBytes: 0 };
}

function readChunks(text: string, start: number): BodyInBytes {
  let body = "";
  let extraBytes = 0;
  for (let at = start; ; ) {
    const lineEnd = text.indexOf("\r\n", at);
    const [digits = ""] = text.slice(at, lineEnd).split(";");
    const size = Number(`0x${digits}`);
    extraBytes += lineEnd - at - digits.length;
    assert.ok(lineEnd !== -1 && Number.isSafeInteger(size), "a chunk's size is not one");
    const dataEnd = lineEnd + 2 + size;
    if (size === 0) {
      const trailers = readTrailers(text, dataEnd);
      return { body, end: trailers.end, extraBytes: extraBytes + trailers.extraBytes };
    }
    body += text.slice(lineEnd + 2, dataEnd);
    assert.ok(text.startsWith("\r\n", dataEnd), "a chunk does not end where its size says");
    at = dataEnd + 2;
  }
}

/** Trailers and the empty line behind them; their line ends are not counted. */
function readTrailers(text: string, start: number): Omit<BodyInBytes, "body"> {
  if (text.startsWith("\r\n", start)) return { end: start + 2, extraBytes: 0 };
  const end = text.indexOf("\r\n\r\n", start);
  assert.ok(end !== -1, "trailers without their empty line were read");
  return { end: end + 4, extraBytes: text.slice(start, end).replaceAll("\r\n", "").length };
}
