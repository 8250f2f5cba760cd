/** What a supervisor and its server workers tell each other over Node's own channel. */

export interface ToWorker {
  readonly portico: "ping" | "drain" | "reopen logs";
}

export type FromWorker =
  | { readonly portico: "ready"; readonly urls: readonly string[] }
  | { readonly portico: "pong" }
  | { readonly portico: "failed"; readonly message: string; readonly exitCode: number };

export function isFromWorker(message: unknown): message is FromWorker {
  return typeof message === "object" && message !== null && "portico" in message;
}

export function isToWorker(message: unknown): message is ToWorker {
  return typeof message === "object" && message !== null && "portico" in message;
}
