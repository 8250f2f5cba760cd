/** What a supervisor and its server workers tell each other over Node's own channel. */

/** Holds the supervisor's pid in the environment of a server worker, which takes it out at once. */
export const WORKER_VARIABLE = "PORTICO_SERVER_WORKER";

/** `connection` comes with a socket. */
export interface ToWorker {
  readonly portico: "connection" | "ping" | "let go" | "drain" | "reopen logs";
}

export type FromWorker =
  | { readonly portico: "ready" }
  /** Said of each connection, in the order in which they come, before anything is read from it. */
  | { readonly portico: "taken" }
  | { readonly portico: "pong"; readonly requestsServed: number }
  | ({ readonly portico: "failed" } & StartFailure);

/** Why a server worker could not start, in its own words. */
export interface StartFailure {
  readonly message: string;
  readonly exitCode: number;
  /** A traceback that the log has already. */
  readonly trace?: string;
}

export function isFromWorker(message: unknown): message is FromWorker {
  return typeof message === "object" && message !== null && "portico" in message;
}

export function isToWorker(message: unknown): message is ToWorker {
  return typeof message === "object" && message !== null && "portico" in message;
}
