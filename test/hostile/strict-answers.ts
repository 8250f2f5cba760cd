/** Reads what a server sent as the strictest of clients would: whatever is not to the letter throws. */
import assert from "node:assert/strict";
import { type FieldList, fieldValues } from "../../src/client/field-list.ts";

export interface StrictAnswer {
  readonly status: number;
  readonly reason: string;
  readonly fields: FieldList;
  readonly body: Buffer;
  /** False where the bytes end before the answer does. */
  readonly isWhole: boolean;
}

export interface Exchanged {
  readonly bytes: Buffer;
  /** Of the requests that the answers are for; GET beyond the last. */
  readonly methods: readonly string[];
  /** Whether the connection has come to an orderly end, which a body without length ends with. */
  readonly isClosed: boolean;
}

const HEAD_END = "\r\n\r\n";
const STATUS_LINE = /^HTTP\/1\.1 ([1-5][0-9]{2}) ([\t \x21-\x7e\x80-\xff]*)$/;
const FIELD_LINE =
  /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ((?:[\x21-\x7e\x80-\xff](?:[\t \x21-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?)$/;
const CHUNK_SIZE = /^[1-9a-f][0-9a-f]{0,7}$/;

/** All answers, informational ones among them; of the last one maybe not all. */
export function parseAnswers({ bytes, methods, isClosed }: Exchanged): readonly StrictAnswer[] {
  const answers: StrictAnswer[] = [];
  let at = 0;
  let final = 0;
  while (at < bytes.length) {
    const previous = answers.at(-1);
    assert.ok(previous === undefined || !endsConnection(previous), "bytes behind the last answer");
    const end = bytes.indexOf(HEAD_END, at);
    if (end < 0) {
      assert.ok(!isClosed, `the head of an answer is cut short: ${shown(bytes.subarray(at))}`);
      break;
    }
    const head = parseHead(bytes.toString("latin1", at, end));
    const rest = bytes.subarray(end + HEAD_END.length);
    const body = parseBody(head, methods[final] ?? "GET", rest, isClosed);
    answers.push({ ...head, body: body.data, isWhole: body.isWhole });
    if (head.status >= 200) final += 1;
    if (!body.isWhole) break;
    at = end + HEAD_END.length + body.size;
  }
  return answers;
}

/** The answers to requests, without the informational ones before them. */
export function finalOnes(answers: readonly StrictAnswer[]): readonly StrictAnswer[] {
  return answers.filter(({ status }) => status >= 200);
}

type Head = Pick<StrictAnswer, "status" | "reason" | "fields">;

function parseHead(text: string): Head {
  const [first = "", ...lines] = text.split("\r\n");
  const [, status, reason = ""] = STATUS_LINE.exec(first) ?? [];
  assert.ok(status !== undefined, `no status line: ${shown(first)}`);
  const fields = lines.map((line) => {
    const [, name, value = ""] = FIELD_LINE.exec(line) ?? [];
    assert.ok(name !== undefined, `no field line: ${shown(line)}`);
    return [name, value] as const;
  });
  const head = { status: Number(status), reason, fields };
  assertFraming(head);
  return head;
}

/** RFC 9112 §6.1 and §6.2, RFC 9110 §6.6.1 and §8.6. */
function assertFraming({ status, fields }: Head): void {
  const lengths = fieldValues(fields, "content-length");
  const codings = fieldValues(fields, "transfer-encoding");
  assert.ok(lengths.length <= 1 && lengths.every((length) => /^[0-9]{1,15}$/.test(length)));
  assert.ok(codings.length <= 1 && codings.every((coding) => coding === "chunked"));
  assert.ok(lengths.length + codings.length <= 1, "Content-Length and Transfer-Encoding");
  if (status < 200 || status === 204) assert.equal(lengths.length + codings.length, 0);
  assert.equal(fieldValues(fields, "date").length, status < 200 ? 0 : 1, "fields named Date");
}

interface ParsedBody {
  readonly data: Buffer;
  readonly isWhole: boolean;
  /** Of the bytes that the body takes on the wire. */
  readonly size: number;
}

const NO_BODY: ParsedBody = { data: Buffer.alloc(0), isWhole: true, size: 0 };

/** RFC 9112 §6.3. */
function parseBody(head: Head, method: string, rest: Buffer, isClosed: boolean): ParsedBody {
  const { status, fields } = head;
  if (method === "HEAD" || status < 200 || status === 204 || status === 304) return NO_BODY;
  if (fieldValues(fields, "transfer-encoding").length > 0) return parseChunks(rest);
  const [length] = fieldValues(fields, "content-length");
  if (length === undefined) {
    assert.ok(endsConnection(head), "neither a length nor the connection ends the body");
    return { data: rest, isWhole: isClosed, size: rest.length };
  }
  const data = rest.subarray(0, Number(length));
  return { data, isWhole: data.length === Number(length), size: data.length };
}

function parseChunks(rest: Buffer): ParsedBody {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = rest.indexOf("\r\n", at);
    const line = rest.toString("latin1", at, lineEnd < 0 ? rest.length : lineEnd);
    const cut = { data: Buffer.concat(chunks), isWhole: false, size: rest.length };
    if (lineEnd < 0) return cut;
    if (line === "0") {
      const end = rest.toString("latin1", lineEnd + 2, lineEnd + 4);
      assert.ok("\r\n".startsWith(end), `trailers that nobody asked for: ${shown(end)}`);
      return end === "\r\n" ? { ...cut, isWhole: true, size: lineEnd + 4 } : cut;
    }
    assert.match(line, CHUNK_SIZE);
    const dataEnd = lineEnd + 2 + Number.parseInt(line, 16);
    chunks.push(rest.subarray(lineEnd + 2, dataEnd));
    const end = rest.toString("latin1", dataEnd, dataEnd + 2);
    assert.ok("\r\n".startsWith(end), `a chunk is longer than its size: ${shown(end)}`);
    at = dataEnd + 2;
    if (at > rest.length) return { ...cut, data: Buffer.concat(chunks) };
  }
}

function endsConnection({ fields }: Pick<StrictAnswer, "fields">): boolean {
  return fieldValues(fields, "connection").includes("close");
}

function shown(bytes: Buffer | string): string {
  return JSON.stringify(bytes.toString("latin1").slice(0, 200));
}
