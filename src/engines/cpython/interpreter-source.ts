/** Where a worker's interpreter comes from. */
import type { PythonProcess } from "./python-process.ts";

export interface InterpreterSource {
  /** What errors call it. */
  readonly command: string;
  /** Why this one: what to change for another. */
  readonly reason: string;
  /** What the numbers of its workers are. */
  readonly numbers: "pids" | "threads";
  start(): PythonProcess;
}
