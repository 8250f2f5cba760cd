/** What `portico check` and the process that serves the application tell each other. */
import type { Stall } from "../embed/process-watch.ts";
import type { Finding } from "../wsgi/lint/finding.ts";

/** Holds the checking process's pid in the environment of the served one, which takes it out at once. */
export const CHECKER_VARIABLE = "PORTICO_CHECKER";

/** The descriptor on which a thread of the served process writes {@link Stall}s, a line each. */
export const STALL_DESCRIPTOR = 4;

export interface ToServed {
  readonly portico: "ping" | "stop";
}

export type FromServed =
  | {
      readonly portico: "ready";
      readonly port: number;
      /** What runs the application: `Node.js 20.19.0`, `CPython 3.12.1`. */
      readonly runtimes: readonly string[];
    }
  | { readonly portico: "failed"; readonly message: string; readonly exitCode: number }
  | { readonly portico: "finding"; readonly finding: Finding }
  /** A lint has been seen inside the application. */
  | { readonly portico: "inner lint" }
  | { readonly portico: "pong" }
  /** All that was to be told has been. */
  | { readonly portico: "stopped" };

/** How long the served process's event loop may stand still, in milliseconds. */
export const LONGEST_STALL = 1_500;

/** Calls that a line names. */
const CALLS = 8;

/** With the calls around it. */
export function placeOf({ stack }: Stall): string {
  return stack.slice(0, CALLS).join(", called by ");
}

export function isFromServed(message: unknown): message is FromServed {
  return typeof message === "object" && message !== null && "portico" in message;
}

export function isToServed(message: unknown): message is ToServed {
  return typeof message === "object" && message !== null && "portico" in message;
}
