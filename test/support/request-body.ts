/** The bodies that browsers and programs send: forms, uploads, JSON, chunks. */

import type { FieldList } from "../../src/client/field-list.ts";

export interface RequestBody {
  /** Content-Type and the framing. */
  readonly fields: FieldList;
  readonly bytes: Buffer;
}

/** A part of a multipart form: a text field, or a file when it has a file name. */
export interface FormPart {
  readonly name: string;
  readonly content: string | Buffer;
  readonly filename?: string;
}

const BOUNDARY = "----PorticoTestBoundary7MA4YWxk";

export function urlEncodedForm(
  pairs: readonly (readonly [name: string, value: string])[],
): RequestBody {
  const form = new URLSearchParams();
  for (const [name, value] of pairs) form.append(name, value);
  return withLength("application/x-www-form-urlencoded", Buffer.from(form.toString()));
}

export function multipartForm(parts: readonly FormPart[]): RequestBody {
  const pieces = parts.flatMap((part) => [
    Buffer.from(`--${BOUNDARY}\r\n${partHead(part)}\r\n\r\n`),
    Buffer.from(part.content),
    Buffer.from("\r\n"),
  ]);
  const bytes = Buffer.concat([...pieces, Buffer.from(`--${BOUNDARY}--\r\n`)]);
  return withLength(`multipart/form-data; boundary=${BOUNDARY}`, bytes);
}

export function json(value: unknown): RequestBody {
  return withLength("application/json", Buffer.from(JSON.stringify(value)));
}

export function octets(bytes: Buffer): RequestBody {
  return withLength("application/octet-stream", bytes);
}

/** The same bytes in chunks of that size (RFC 9112 §7.1) instead of under a Content-Length. */
export function chunked(bytes: Buffer, chunkSize: number): RequestBody {
  const pieces: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += chunkSize) {
    const chunk = bytes.subarray(start, start + chunkSize);
    pieces.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n"));
  }
  return {
    fields: [
      ["Content-Type", "application/octet-stream"],
      ["Transfer-Encoding", "chunked"],
    ],
    bytes: Buffer.concat([...pieces, Buffer.from("0\r\n\r\n")]),
  };
}

function withLength(type: string, bytes: Buffer): RequestBody {
  return {
    fields: [
      ["Content-Type", type],
      ["Content-Length", String(bytes.length)],
    ],
    bytes,
  };
}

function partHead({ name, filename }: FormPart): string {
  const disposition = `Content-Disposition: form-data; name="${name}"`;
  if (filename === undefined) return disposition;
  return `${disposition}; filename="${filename}"\r\nContent-Type: application/octet-stream`;
}
