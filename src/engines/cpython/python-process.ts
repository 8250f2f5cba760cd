/** The process of a Python worker, however it came to be: started, or forked from a template. */
import type { Socket } from "node:net";
import type { ProcessExit } from "../../processes/worker-process.ts";
import type { BegunMarker } from "./begun-marker.ts";
import type { Refusal } from "./refusal.ts";

/** What a gateway and a worker share. */
export interface Bridge {
  readonly socket: Socket;
  readonly marker: BegunMarker;
}

export interface PythonProcess {
  /** Of the process, or of the one that ended before it had made this. */
  readonly pid: number | undefined;
  /** Resolves with nothing where there will be none. */
  readonly bridge: Promise<Bridge | undefined>;
  readonly exited: Promise<ProcessExit>;
  /** Why there is no process, or none with the application. */
  readonly refusal: Refusal;
  /** Whether it keeps this process alive. */
  ref(): void;
  unref(): void;
  kill(signal: NodeJS.Signals): void;
  /** Where it takes long before there is a bridge: lets it say why, which ends it. */
  explain(): void;
}
