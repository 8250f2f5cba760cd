/** A worker process as its parent sees it, whatever it does; and how one ended. */
import type { LastError } from "../log/last-error.ts";
import type { Dismissal } from "./endings.ts";
import type { WorkerStatus } from "./group-status.ts";

/** How a process ended; one of `code` and `signal` is known, or `unseen` says why neither is. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly unseen?: string;
  /** It was given up before it was made: the pid that it has here is its template's. */
  readonly isUnmade?: true;
}

/** The `code` of a process that was never made: what a shell has for that. */
export const SPAWN_FAILED = 127;

/** For the log: `exited with status 3`, `was sent SIGKILL`. */
export function describeExit({ code, signal, unseen }: ProcessExit): string {
  if (unseen !== undefined) return `has ended, nobody saw how (${unseen})`;
  return signal === null ? `exited with status ${code}` : `was sent ${signal}`;
}

/** What workers are told apart by: processes by their pids, threads of this process by their numbers. */
export interface Numbered {
  readonly pid: number | undefined;
  readonly threadId?: number | undefined;
}

/** For the log: `pid:4711`, `thread:3`. */
export function nameOf({ pid, threadId }: Numbered): string {
  return threadId === undefined ? `pid:${pid}` : `thread:${threadId}`;
}

/** Undefined for a process that could not be made. */
export function numberOf({ pid, threadId }: Numbered): number | undefined {
  return threadId ?? pid;
}

export interface WorkerProcess extends Numbered {
  /** Resolves when it can take work; never rejects. A worker that ends instead never resolves it. */
  readonly ready: Promise<void>;
  readonly exited: Promise<ProcessExit>;
  /** Resolves, with the reason, when it takes no more work though nobody told it to. */
  readonly retired: Promise<Dismissal>;
  /** Since when, on the group's clock, a {@link ping} is unanswered; Infinity if none is. */
  readonly silentSince: number;
  readonly requestsServed: number;
  /** Bytes of memory that are its own, where it is no process that the system could say them of. */
  readonly memory?: number | undefined;
  /** Why it should be replaced by another as soon as that is there, if it should. */
  readonly worn?: Dismissal | undefined;
  /** Requests that it has now. */
  readonly calls: { readonly size: number };
  /** What it says, and what is said of it. */
  readonly log: { readonly lastError: LastError | undefined };
  /** Those under it, where there may be any. */
  readonly workers?: readonly WorkerStatus[];
  /** Why its parent has killed it, if it has. */
  readonly killed: string | undefined;
  /** Whether it was that it stood still, where others than its group have noticed. */
  readonly hasStoodStill?: boolean;
  /** Why it could not start, if it could say so. */
  readonly refusal: string | undefined;
  /** Asks for a sign of life, if there has been none for a while. */
  ping(): void;
  /** Finish what is open, take nothing new, end. */
  drain(): void;
  kill(why: string): void;
  /** It does not come up: let it say why if it can, then end it. Called again while it lives. */
  giveUpBooting(why: string): void;
}
