/** What a worker says of itself when its application is loaded. */
export interface WorkerFacts {
  readonly pid: number;
  readonly version: string;
  readonly implementation: string;
  readonly executable: string;
  readonly target: string;
  /** The number of the signal at which it writes the stacks of its threads; 0 for none. */
  readonly stacksSignal: number;
}

/** From the worker's SETTINGS. */
export function workerFacts(settings: ReadonlyMap<string, string>): WorkerFacts {
  const text = (name: string): string => settings.get(name) ?? "";
  return {
    pid: Number(text("pid")),
    version: text("python"),
    implementation: text("implementation"),
    executable: text("executable"),
    target: text("target"),
    stacksSignal: Number(text("stacks_signal")),
  };
}
