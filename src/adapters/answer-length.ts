/** How long an answer is, where another server does the framing. */
import type { ResponseHead } from "../http/events.ts";
import { responseHasNoBody } from "../http/framing.ts";

/**
 * The Content-Length to be added to a whole answer of so many bytes; undefined for none.
 * RFC 9110 §8.6: a HEAD may be told the length that a GET would see.
 */
export function lengthToTell(head: ResponseHead, size: number, method: string): number | undefined {
  if (head.contentLength !== undefined) return undefined;
  if (responseHasNoBody(head.statusCode, undefined)) return undefined;
  return method === "HEAD" && size === 0 ? undefined : size;
}
