/** What a supervisor and its server workers tell each other over Node's own channel. */
import type { LastError } from "../log/last-error.ts";
import type { EndingOfWorker, WorkerStatus } from "../processes/group-status.ts";
import type { ServerStatistics } from "../stats/server-statistics.ts";

/** Holds the supervisor's pid in the environment of a server worker, which takes it out at once. */
export const WORKER_VARIABLE = "PORTICO_SERVER_WORKER";

/** The descriptor on which a thread of a server worker says that its event loop stands still. */
export const STALL_DESCRIPTOR = 4;

/** `connection` comes with a socket; `drain` alone tells nothing of the service as a whole. */
export type ToWorker =
  | {
      readonly portico:
        | ("connection" | "ping" | "let go" | "reopen logs")
        | ("leave" | "end keep-alive" | "drain");
    }
  | {
      /** One of its own. */
      readonly portico: "end worker";
      readonly pid: number;
      readonly how: EndingOfWorker;
      readonly why: string;
    };

export type FromWorker =
  | { readonly portico: "ready" }
  /** Said of each connection, in the order in which they come, before anything is read from it. */
  | { readonly portico: "taken" }
  | {
      /** Also unasked, as the last word of a worker that has drained. */
      readonly portico: "pong";
      readonly requestsServed: number;
      readonly statistics: ServerStatistics;
      /** Of its log. */
      readonly lastError: LastError | undefined;
      /** Its own. */
      readonly workers: readonly WorkerStatus[];
    }
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
