/** One profile of this process' JavaScript, by V8. */
import { type Profiler, Session } from "node:inspector";

export interface FinishedProfile {
  /** In the JSON of `.cpuprofile` files. */
  readonly text: string;
  readonly milliseconds: number;
}

export class CpuProfile {
  /** V8 has one profiler: a second profile would be of the first as well. */
  static #running: CpuProfile | undefined;

  readonly #session = new Session();
  readonly #startedAt = performance.now();

  /** Looks at the stack every `interval` microseconds; undefined while another profile is made. */
  static start(interval: number): CpuProfile | undefined {
    if (CpuProfile.#running !== undefined) return undefined;
    CpuProfile.#running = new CpuProfile(interval);
    return CpuProfile.#running;
  }

  private constructor(interval: number) {
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.setSamplingInterval", { interval });
    this.#session.post("Profiler.start");
  }

  async end(): Promise<FinishedProfile> {
    const milliseconds = performance.now() - this.#startedAt;
    try {
      return { text: JSON.stringify(await this.#stop()), milliseconds };
    } finally {
      this.#session.disconnect();
      CpuProfile.#running = undefined;
    }
  }

  #stop(): Promise<Profiler.Profile> {
    return new Promise((resolve, reject) => {
      this.#session.post("Profiler.stop", (error, result) => {
        if (error === null) resolve(result.profile);
        else reject(error);
      });
    });
  }
}
