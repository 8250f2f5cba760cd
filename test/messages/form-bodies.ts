/** Multipart bodies, as browsers make them and as nobody should. */
import { HttpRequest } from "../../src/messages/http-request.ts";
import type { Environ } from "../../src/wsgi/types.ts";
import { environOf, inPieces } from "./answered.ts";

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
