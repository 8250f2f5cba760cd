/**
 * From received bytes to a checked request head, line by line: where the bytes were cut in transit
 * never changes what is read or refused.
 */
import { RemoteProtocolError } from "./errors.ts";
import type { RequestHead } from "./events.ts";
import { type CheckedFields, FieldSection } from "./field-section.ts";
import type { HeaderMap } from "./fields.ts";
import type { HttpLimits } from "./limits.ts";
import type { ReceiveBuffer } from "./receive-buffer.ts";
import { parseRequestLine, placeOf, type RequestLine } from "./request-line.ts";

/** Room for nearly every head, while a body behind it is not made text, nor a long head kept. */
const FIRST_LOOK = 2048;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
/** RFC 8446 §5.1: the first byte of a TLS record that carries a handshake. */
const TLS_HANDSHAKE = 0x16;

/** A head as it was sent in one piece, its field section too, and what they say. */
interface KnownHead {
  readonly text: string;
  readonly section: string;
  readonly fields: CheckedFields;
  readonly head: RequestHead;
}

export class RequestHeadReader {
  readonly #limits: HttpLimits;
  readonly #headerMap: HeaderMap;
  /** Where in the buffer the first line that was not read begins. */
  #at = 0;
  #skippedEmptyLine = false;
  #line: RequestLine | undefined;
  #fields: FieldSection | undefined;
  /** The head before: a client sends the same fields again and again, or even the same request. */
  #known: KnownHead | undefined;

  constructor(limits: HttpLimits, headerMap: HeaderMap = "drop") {
    this.#limits = limits;
    this.#headerMap = headerMap;
  }

  /**
   * Takes one head out of the buffer; undefined when more bytes are needed first.
   * @throws {RemoteProtocolError} with the status RFC 9110 has for it, as soon as it is certain
   */
  read(buffer: ReceiveBuffer): RequestHead | undefined {
    if (buffer.first === CARRIAGE_RETURN) this.#skipEmptyLine(buffer);
    return this.#readKnownHead(buffer) ?? this.#readNewHead(buffer);
  }

  #readKnownHead(buffer: ReceiveBuffer): RequestHead | undefined {
    const known = this.#known;
    if (known === undefined || this.#at > 0 || !buffer.beginsWith(known.text)) return undefined;
    buffer.skip(known.text.length);
    this.#skippedEmptyLine = false;
    // Another request all the same: who keeps one must be able to tell it from the next.
    return { ...known.head };
  }

  #readNewHead(buffer: ReceiveBuffer): RequestHead | undefined {
    for (let size = FIRST_LOOK; ; size *= 2) {
      const text = buffer.peekText(this.#at, size);
      const head = this.#readLines(text);
      if (head !== undefined) {
        buffer.skip(this.#at);
        this.#at = 0;
        return head;
      }
      if (text.length < size) return undefined;
    }
  }

  /** RFC 9112 §2.2: one empty line before a request is what some old clients send. */
  #skipEmptyLine(buffer: ReceiveBuffer): void {
    if (this.#skippedEmptyLine || buffer.peekText(0, 2) !== "\r\n") return;
    buffer.skip(2);
    this.#skippedEmptyLine = true;
  }

  #readLines(text: string): RequestHead | undefined {
    const offset = this.#at;
    this.#line ??= this.#readRequestLine(text);
    const line = this.#line;
    if (line === undefined) return undefined;
    const start = this.#at - offset;
    const fields = this.#readKnownSection(text, start) ?? this.#readSection(text, start);
    if (fields === undefined) return undefined;
    this.#line = undefined;
    this.#skippedEmptyLine = false;
    const head = makeHead(line, fields);
    if (offset === 0 && text.length <= FIRST_LOOK) {
      const whole = text.slice(0, this.#at);
      this.#known = { text: whole, section: text.slice(start, this.#at), fields, head };
    }
    return head;
  }

  #readRequestLine(text: string): RequestLine | undefined {
    if (text.charCodeAt(0) === TLS_HANDSHAKE) {
      throw new RemoteProtocolError("tls");
    }
    const end = this.#endOfLine(text, 0, this.#limits.maxRequestLineBytes);
    if (end === -1) return undefined;
    this.#at += end + 2;
    return parseRequestLine(text, end);
  }

  #readKnownSection(text: string, start: number): CheckedFields | undefined {
    const known = this.#known;
    if (known === undefined || known.head.version !== this.#line?.version) return undefined;
    const { length } = known.section;
    if (this.#fields !== undefined) return undefined;
    if (this.#at + length > this.#limits.maxHeadBytes) return undefined;
    if (text.slice(start, start + length) !== known.section) return undefined;
    this.#at += length;
    return known.fields;
  }

  #readSection(text: string, from: number): CheckedFields | undefined {
    const fields = this.#fields ?? new FieldSection(this.#headerMap);
    this.#fields = fields;
    for (let start = from; ; ) {
      const end = this.#endOfLine(text, start, this.#limits.maxFieldBytes);
      if (end === -1) return undefined;
      this.#at += end + 2 - start;
      if (end === start) {
        this.#fields = undefined;
        return fields.checked(this.#line?.version ?? "HTTP/1.1");
      }
      fields.add(text, start, end);
      if (fields.length > this.#limits.maxFields) {
        throw new RemoteProtocolError("many-fields");
      }
      start = end + 2;
    }
  }

  /** The index of the CR that ends the line which begins at `start`, or -1 if its end has not come. */
  #endOfLine(text: string, start: number, maxBytes: number): number {
    const end = text.indexOf("\r", start);
    const isWhole = end !== -1 && end + 1 < text.length;
    const length = (isWhole ? end + 2 : text.length + 1) - start;
    if (length > maxBytes + 2 || this.#at + length > this.#limits.maxHeadBytes) {
      throw this.#tooLong(text.slice(start), maxBytes + 2);
    }
    if (isWhole) {
      if (text.charCodeAt(end + 1) === LINE_FEED) return end;
      throw bareLineEnd();
    }
    // A bare LF inside a whole line is found by those who read its parts.
    if (text.includes("\n", start)) throw bareLineEnd();
    return -1;
  }

  /** Of all that is wrong with too long a line, what its bytes in their order show first. */
  #tooLong(text: string, maxBytes: number): RemoteProtocolError {
    const room = this.#limits.maxHeadBytes - this.#at;
    if (text.slice(0, Math.min(maxBytes, room)).includes("\n")) return bareLineEnd();
    if (room < maxBytes) return new RemoteProtocolError("long-head");
    return this.#line === undefined
      ? new RemoteProtocolError("long-request-line")
      : new RemoteProtocolError("long-field");
  }
}

/** RFC 9112 §2.2 lets a recipient accept a bare LF; other parsers then see other lines. */
function bareLineEnd(): RemoteProtocolError {
  return new RemoteProtocolError("bare-line-end");
}

function makeHead(line: RequestLine, fields: CheckedFields): RequestHead {
  const { method, target, version } = line;
  const { rawPath, query, host } = placeOf(method, target, fields.host);
  return {
    type: "request-head",
    method,
    target,
    rawPath,
    query,
    version,
    host,
    names: fields.names,
    values: fields.values,
    framing: fields.framing,
    keepAlive: fields.keepAlive,
    expectsContinue: fields.expectsContinue,
    isForwarded: fields.isForwarded,
    repeatsFields: fields.repeatsFields,
    upgrade: fields.upgrade,
  };
}
