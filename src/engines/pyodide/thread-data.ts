/** What a thread is started with. */
import type { MessagePort } from "node:worker_threads";
import type { InterpreterSettings } from "./snapshot.ts";

/** A thread can sleep on a number of this size alone; Python looks at its first byte. */
export const SIGNAL_BYTES = 4;

export interface ThreadData {
  readonly port: MessagePort;
  /** One number more for each message; the thread sleeps on it. */
  readonly mail: SharedArrayBuffer;
  readonly marker: SharedArrayBuffer;
  /** A signal's number makes Python run its handler; the thread may sleep on it. */
  readonly interrupt: SharedArrayBuffer;
  readonly settings: InterpreterSettings;
}
