/** A strict reader of responses, as a client has it: RFC 9112 to the letter, and nothing of the server's. */
import assert from "node:assert/strict";

export type Field = readonly [name: string, value: string];

export interface ReadResponse {
  readonly status: string;
  readonly fields: readonly Field[];
  readonly body: string;
  /** How the body's end was known. */
  readonly framing: "none" | "content-length" | "chunked" | "until-close";
  /** Where the next response begins. */
  readonly end: number;
}

const STATUS_LINE = /^HTTP\/1\.1 ([1-5][0-9][0-9] [\t\x20-\x7e\x80-\xff]*)$/;
const FIELD_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*([\t\x20-\x7e\x80-\xff]*)$/;

/**
 * Reads the response to `method` that begins at `at`.
 * @throws {AssertionError} it is not well-formed, or its end is not certain
 */
export function readResponse(wire: string, at: number, method: string): ReadResponse {
  const headEnd = wire.indexOf("\r\n\r\n", at);
  assert.ok(headEnd !== -1, "the head has no end");
  const [first = "", ...lines] = wire.slice(at, headEnd).split("\r\n");
  const status = STATUS_LINE.exec(first)?.[1];
  assert.ok(status !== undefined, `not a status line: ${JSON.stringify(first)}`);
  const fields = lines.map(readField);
  const body = readBody(wire, headEnd + 4, { status, fields, method });
  return { status, fields, ...body };
}

export function fieldValues(fields: readonly Field[], name: string): string[] {
  return fields.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value);
}

/** RFC 9112 §5: neither folded nor with a space before the colon. */
function readField(line: string): Field {
  const [, name, value] = FIELD_LINE.exec(line) ?? [];
  assert.ok(name !== undefined && value !== undefined, `not a field: ${JSON.stringify(line)}`);
  return [name, value.replace(/[\t ]+$/, "")];
}

interface HeadOfBody {
  readonly status: string;
  readonly fields: readonly Field[];
  readonly method: string;
}

/** RFC 9112 §6.3 */
function readBody(
  wire: string,
  start: number,
  { status, fields, method }: HeadOfBody,
): Pick<ReadResponse, "body" | "framing" | "end"> {
  const lengths = fieldValues(fields, "content-length");
  const codings = fieldValues(fields, "transfer-encoding");
  assert.ok(lengths.length + codings.length <= 1, "the body is delimited twice");
  if (method === "HEAD" || /^(?:1|204|304)/.test(status)) {
    assert.deepEqual(codings, [], "a transfer coding of no body");
    return { body: "", framing: "none", end: start };
  }
  if (codings.length > 0) {
    assert.deepEqual(codings, ["chunked"]);
    return readChunks(wire, start);
  }
  const [length] = lengths;
  if (length === undefined) {
    return { body: wire.slice(start), framing: "until-close", end: wire.length };
  }
  assert.match(length, /^[0-9]+$/);
  const end = start + Number(length);
  assert.ok(end <= wire.length, "the body is shorter than its length");
  return { body: wire.slice(start, end), framing: "content-length", end };
}

function readChunks(wire: string, start: number): Pick<ReadResponse, "body" | "framing" | "end"> {
  let body = "";
  for (let at = start; ; ) {
    const lineEnd = wire.indexOf("\r\n", at);
    const digits = wire.slice(at, lineEnd);
    assert.match(digits, /^[0-9a-f]+$/, "a chunk does not begin with its size");
    const dataEnd = lineEnd + 2 + Number.parseInt(digits, 16);
    assert.equal(wire.slice(dataEnd, dataEnd + 2), "\r\n", "a chunk does not end in CR LF");
    if (dataEnd === lineEnd + 2) return { body, framing: "chunked", end: dataEnd + 2 };
    body += wire.slice(lineEnd + 2, dataEnd);
    at = dataEnd + 2;
  }
}
