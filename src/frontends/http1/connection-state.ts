/** Where a connection stands: for itself, and for who counts connections. */
import type { HttpConnection } from "../../http/connection.ts";

export type Phase = "head" | "answering" | "idle" | "lingering" | "closed";

/** `idle`: nothing of a request has come; `closing`: all is answered, and the client may still read. */
export type ConnectionState = "idle" | "reading" | "answering" | "closing";

export function stateIn(phase: Phase, http: HttpConnection): ConnectionState {
  if (phase === "lingering" || phase === "closed") return "closing";
  if (phase === "answering") return http.clientState === "send-body" ? "reading" : "answering";
  return http.unreadBytes > 0 ? "reading" : "idle";
}
