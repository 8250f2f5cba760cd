/** Multipart bodies, as browsers make them and as nobody should. */
import { HttpRequest } from "../../src/messages/http-request.ts";
import type { Environ, InputStream } from "../../src/wsgi/types.ts";
import { environOf } from "./answered.ts";

export const BOUNDARY = "----limit";

/** Lines of a body, with the line ends that multipart has. */
export function lines(...parts: readonly string[]): Buffer {
  return Buffer.from(parts.join("\r\n"), "latin1");
}

/** One part, as it stands behind its boundary. */
export function part(disposition: string, content: string, ...fields: readonly string[]): string {
  return [
    `--${BOUNDARY}`,
    `Content-Disposition: form-data; ${disposition}`,
    ...fields,
    "",
    content,
  ].join("\r\n");
}

export const END: string = `--${BOUNDARY}--\r\n`;

/** The environ of a request with such a body, which is read in pieces that end at `cuts`. */
export function multipartEnviron(body: Uint8Array, cuts: readonly number[] = []): Environ {
  const environ = environOf({
    method: "POST",
    body,
    headers: { "Content-Type": `multipart/form-data; boundary=${BOUNDARY}` },
  });
  return { ...environ, "wsgi.input": inPieces(body, cuts) };
}

export function multipartRequest(body: Uint8Array, cuts: readonly number[] = []): HttpRequest {
  return new HttpRequest(multipartEnviron(body, cuts));
}

function inPieces(body: Uint8Array, cuts: readonly number[]): InputStream {
  const ends = [...cuts, body.length];
  let at = 0;
  const read = async (): Promise<Uint8Array> => {
    const end = ends.find((each) => each > at) ?? at;
    const piece = body.subarray(at, end);
    at = end;
    return piece;
  };
  const unused = (): never => {
    throw new Error("forms are read by read()");
  };
  return { read, readline: unused, readlines: unused, [Symbol.asyncIterator]: unused };
}
