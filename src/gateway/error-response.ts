/** From an error to the plainest honest response. */
import type { ResponseHead } from "../http/events.ts";
import { makeResponseHead } from "../http/response-head.ts";
import { statusLine } from "../http/status.ts";

/** Errors that know which status answers them carry it as `statusHint`. */
export function statusFor(error: unknown): number {
  if (error instanceof Error && "statusHint" in error && typeof error.statusHint === "number") {
    return error.statusHint;
  }
  return 500;
}

/** Errors that know after how many seconds to try again carry it as `retryAfter`. */
export function retryAfterOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("retryAfter" in error)) return undefined;
  return typeof error.retryAfter === "number" ? error.retryAfter : undefined;
}

/** Head and body; what went wrong is for the log, not for the client. */
export function errorResponse(
  statusCode: number,
  retryAfter = 1,
): { head: ResponseHead; body: Buffer } {
  const status = statusLine(statusCode);
  const body = Buffer.from(`${status}\n`, "latin1");
  const headers: [string, string][] = [["Content-Type", "text/plain; charset=utf-8"]];
  // RFC 9110 §10.2.3 and RFC 6585 §4: when to try again after an overload.
  if (statusCode === 503 || statusCode === 429) headers.push(["Retry-After", String(retryAfter)]);
  return { head: makeResponseHead(status, headers), body };
}
