/** What a supervisor and its server workers tell each other over Node's own channel. */

/** Holds the supervisor's pid in the environment of a server worker, which takes it out at once. */
export const WORKER_VARIABLE = "PORTICO_SERVER_WORKER";

/** `connection` comes with a socket; `drain` alone tells nothing of the service as a whole. */
export interface ToWorker {
  readonly portico: "connection" | "ping" | "leave" | "end keep-alive" | "drain" | "reopen logs";
}

export type FromWorker =
  | { readonly portico: "ready" }
  | { readonly portico: "pong"; readonly requestsServed: number }
  | { readonly portico: "failed"; readonly message: string; readonly exitCode: number };

export function isFromWorker(message: unknown): message is FromWorker {
  return typeof message === "object" && message !== null && "portico" in message;
}

export function isToWorker(message: unknown): message is ToWorker {
  return typeof message === "object" && message !== null && "portico" in message;
}
