/** The process of a Python worker, however it came to be: started, or forked from a template. */
import type { ProcessExit } from "../../processes/worker-process.ts";
import type { BridgeSocket } from "../bridge-channel.ts";
import type { Marker } from "./begun-marker.ts";
import type { Refusal } from "./refusal.ts";

/** What a gateway and a worker share. */
export interface Bridge {
  readonly socket: BridgeSocket;
  readonly marker: Marker;
}

export interface PythonProcess {
  /** Of the process, or of the one that ended before it had made this. */
  readonly pid: number | undefined;
  /** Of a worker that is a thread of this process. */
  readonly threadId?: number;
  /** Bytes of memory that are such a worker's own. */
  readonly memory?: number;
  /** Resolves with nothing where there will be none. */
  readonly bridge: Promise<Bridge | undefined>;
  readonly exited: Promise<ProcessExit>;
  /** Why there is no process, or none with the application. */
  readonly refusal: Refusal;
  /** Whether it keeps this process alive. */
  ref(): void;
  unref(): void;
  kill(signal: NodeJS.Signals): void;
  /** Lets it read what it was sent, where it has no thread that does so while a request runs. */
  alert?(): void;
  /** Where it takes long before there is a bridge: lets it say why, which ends it. */
  explain(): void;
}
