/** What a thread is started with. */
import type { MessagePort } from "node:worker_threads";
import type { InterpreterSettings } from "./snapshot.ts";

export interface ThreadData {
  readonly port: MessagePort;
  /** One number more for each message; the thread sleeps on it. */
  readonly mail: SharedArrayBuffer;
  readonly marker: SharedArrayBuffer;
  /** A signal's number makes Python run its handler. */
  readonly interrupt: SharedArrayBuffer;
  readonly settings: InterpreterSettings;
}
