/** What a supervisor and its server workers tell each other over Node's own channel. */
import type { LastError } from "../log/last-error.ts";
import type { EndingOfWorker, WorkerStatus } from "../processes/group-status.ts";
import type { Address } from "../server/addresses.ts";
import type { ListenerTls } from "../server/tls-options.ts";
import type { ServerStatistics } from "../stats/server-statistics.ts";

/** Holds the supervisor's pid in the environment of a server worker, which takes it out at once. */
export const WORKER_VARIABLE = "PORTICO_SERVER_WORKER";

/** The descriptor on which a thread of a server worker says that its event loop stands still. */
export const STALL_DESCRIPTOR = 4;

/** The descriptor on which server workers tell one another how many connections they have. */
export const SHARES_DESCRIPTOR = 5;

/** That of the first listening socket; the others follow. */
export const FIRST_SOCKET = 6;

/** `drain` alone tells nothing of the service as a whole. */
export type ToWorker =
  | {
      readonly portico: ("ping" | "reopen logs") | ("leave" | "end keep-alive" | "drain");
    }
  | {
      /** It takes connections by itself, from here on. */
      readonly portico: "listen";
      /** Of the sockets that it has got, in their order. */
      readonly addresses: readonly Address[];
      /** Its own among the shares; undefined where it has none. */
      readonly place: number | undefined;
      /** Told here, where no other process can read it; undefined for plain HTTP. */
      readonly tls: ListenerTls | undefined;
    }
  | {
      readonly portico: "renew TLS";
      readonly tls: ListenerTls;
    }
  | {
      /** To `let go` it ends its connections, too. */
      readonly portico: "listen no more" | "let go";
      /** Of each socket, whether somebody else takes what has come there. */
      readonly areShared: readonly boolean[];
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
  | { readonly portico: "listens no more" }
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
