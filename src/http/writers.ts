/** From events to the bytes of a response. */
import { LocalProtocolError } from "./errors.ts";
import type { Framing, InformationalHead, ResponseHead } from "./events.ts";

/** RFC 9112 §7.1: a chunk of size zero, without trailers. */
export const LAST_CHUNK: Buffer = Buffer.from("0\r\n\r\n", "latin1");

const CRLF: Buffer = Buffer.from("\r\n", "latin1");

/** A connection's lasting state as one field, or none where the version's default says it. */
export type ConnectionField = "" | "Connection: close\r\n" | "Connection: keep-alive\r\n";

/** The fields a server adds where the application has not (RFC 9110 §6.6.1, §10.2.4). */
export interface CommonFields {
  readonly date: string;
  readonly server: string;
  /** Where requests have ids: that of the request that is answered. */
  readonly requestId?: string;
}

/** What a head's text is made of beside the head. */
interface EncodedHead {
  readonly head: ResponseHead;
  readonly kind: Framing["kind"];
  readonly connection: ConnectionField;
  readonly common: CommonFields;
  readonly addedLength: number | undefined;
  text: string;
  isFlat: boolean;
}

/** The one before: what makes it is the same for many answers of one second. */
let latest: EncodedHead | undefined;

/**
 * The text of a final response's head, as latin-1, its empty line included. `addedLength` is the
 * Content-Length that the server knows and the application did not say.
 */
export function encodeResponseHead(
  head: ResponseHead,
  framing: Framing,
  connection: ConnectionField,
  common: CommonFields,
  addedLength?: number,
): string {
  const { kind } = framing;
  if (
    latest !== undefined &&
    latest.head === head &&
    latest.common === common &&
    latest.kind === kind &&
    latest.connection === connection &&
    latest.addedLength === addedLength
  ) {
    return flatTextOf(latest);
  }
  const text = headText(head, framing, connection, common, addedLength);
  latest = { head, kind, connection, common, addedLength, text, isFlat: false };
  return text;
}

/** Added-up text is a tree that each write would walk again; what is used again is made one piece. */
function flatTextOf(encoded: EncodedHead): string {
  if (!encoded.isFlat) {
    encoded.text = Buffer.from(encoded.text, "latin1").toString("latin1");
    encoded.isFlat = true;
  }
  return encoded.text;
}

function headText(
  head: ResponseHead,
  framing: Framing,
  connection: ConnectionField,
  common: CommonFields,
  addedLength?: number,
): string {
  let text = `HTTP/1.1 ${head.status}\r\n`;
  if (!head.hasServer) text += common.server;
  if (!head.hasDate) text += common.date;
  if (common.requestId !== undefined && !head.hasRequestId) text += common.requestId;
  // RFC 9110 §8.6: never a Content-Length in a 204 response. §15.3.6: a 205 response says zero.
  const hidesLength = head.statusCode === 204 || head.statusCode === 205;
  for (const header of head.headers) {
    if (hidesLength && header[0].toLowerCase() === "content-length") continue;
    text += `${header[0]}: ${header[1]}\r\n`;
  }
  if (head.statusCode === 205) text += "Content-Length: 0\r\n";
  if (framing.kind === "chunked") text += "Transfer-Encoding: chunked\r\n";
  if (addedLength !== undefined) text += `Content-Length: ${addedLength}\r\n`;
  return `${text}${connection}\r\n`;
}

export function encodeInformationalHead(
  head: Pick<InformationalHead, "status" | "headers">,
): string {
  let text = `HTTP/1.1 ${head.status}\r\n`;
  for (const [name, value] of head.headers) text += `${name}: ${value}\r\n`;
  return `${text}\r\n`;
}

/** From this size on, data in a chunk is not copied: to send three pieces costs less. */
const LARGE_CHUNK_BYTES = 8_192;

/** RFC 9112 §7.1: size, data, line end. `data` is not empty: an empty chunk would end the body. */
export function encodeChunk(data: Uint8Array): readonly Uint8Array[] {
  const size = `${data.length.toString(16)}\r\n`;
  if (data.length >= LARGE_CHUNK_BYTES) return [Buffer.from(size, "latin1"), data, CRLF];
  const chunk = Buffer.allocUnsafe(size.length + data.length + CRLF.length);
  chunk.write(size, 0, "latin1");
  chunk.set(data, size.length);
  chunk.set(CRLF, size.length + data.length);
  return [chunk];
}

/** Bytes to write: as they are, or as text of which each character is one (latin-1). */
export type WireBytes = Buffer | string;

/** Up to this size a body is joined to its head as text, which costs a socket less than bytes. */
const MAX_TEXT_BYTES = 2048;

/**
 * Head and the first `size` bytes of a body in one piece, so that they leave in one write.
 * @throws {LocalProtocolError} the chunks have fewer bytes
 */
export function joinHeadAndBody(
  head: string,
  chunks: readonly Uint8Array[],
  size: number,
): WireBytes {
  const [first] = chunks;
  if (size <= MAX_TEXT_BYTES && first?.length === size && Buffer.isBuffer(first)) {
    return head + first.toString("latin1");
  }
  const bytes = Buffer.allocUnsafe(head.length + size);
  bytes.write(head, 0, "latin1");
  let at = head.length;
  for (const chunk of chunks) {
    const fitting = at + chunk.length > bytes.length ? chunk.subarray(0, bytes.length - at) : chunk;
    bytes.set(fitting, at);
    at += fitting.length;
  }
  // What was not written to would show old memory.
  if (at < bytes.length)
    throw new LocalProtocolError(`the body is ${bytes.length - at} bytes short`);
  return bytes;
}
