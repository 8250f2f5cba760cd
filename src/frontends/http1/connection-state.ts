/** Where a connection stands: for itself, and for who counts connections. */
import type { HttpConnection } from "../../http/connection.ts";

export type Phase = "head" | "answering" | "idle" | "upgraded" | "lingering" | "closed";

/**
 * `idle`: nothing of a request has come; `upgraded`: another protocol is spoken; `closing`: all is answered,
 * and the client may still read.
 */
export type ConnectionState = "idle" | "reading" | "answering" | "upgraded" | "closing";

/** Whether nothing of HTTP is read any more. */
export function isOver(phase: Phase): boolean {
  return phase === "upgraded" || phase === "lingering" || phase === "closed";
}

export function stateIn(phase: Phase, http: HttpConnection): ConnectionState {
  if (phase === "lingering" || phase === "closed") return "closing";
  if (phase === "upgraded") return "upgraded";
  if (phase === "answering") return http.clientState === "send-body" ? "reading" : "answering";
  return http.unreadBytes > 0 ? "reading" : "idle";
}
