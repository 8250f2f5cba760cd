/** What server workers have counted, together; that of workers that have ended stays. */
import {
  type Present,
  type ServerStatistics,
  sumPresent,
  sumTotals,
  type Totals,
} from "../stats/server-statistics.ts";

/** A server worker, as far as it counts. */
export interface CountingWorker {
  readonly pid: number | undefined;
  /** As it said last, if it ever did. */
  readonly statistics: ServerStatistics | undefined;
  /** Whether it can be asked. */
  readonly hears: boolean;
  /** Resolves when nothing more will be heard of it. */
  readonly closed: Promise<void>;
  /** Asks for its statistics; whether it has given them in time. */
  askStatistics(): Promise<boolean>;
}

export interface Collected {
  readonly totals: Totals;
  readonly present: Present;
  /** Those that are there, and can be asked. */
  readonly pids: readonly number[];
  /** Those of them that did not answer in time: they are left out of `present`. */
  readonly silent: readonly number[];
}

export class CollectedStatistics {
  readonly #workers = new Set<CountingWorker>();
  #ended: Totals = sumTotals([]);

  add(worker: CountingWorker): void {
    this.#workers.add(worker);
    void worker.closed.then(() => {
      this.#workers.delete(worker);
      if (worker.statistics !== undefined) {
        this.#ended = sumTotals([this.#ended, worker.statistics.totals]);
      }
    });
  }

  /** As far as is known without asking. */
  get totals(): Totals {
    const known = [...this.#workers].flatMap(({ statistics }) => statistics?.totals ?? []);
    return sumTotals([this.#ended, ...known]);
  }

  async ask(): Promise<Collected> {
    const asked = [...this.#workers].filter(({ hears }) => hears);
    const answered = await Promise.all(asked.map((worker) => worker.askStatistics()));
    const known = asked.filter((_, at) => answered[at]);
    // One that has ended meanwhile did not keep silent.
    const silent = asked.filter((worker, at) => !answered[at] && worker.hears);
    return {
      totals: this.totals,
      present: sumPresent(known.flatMap(({ statistics }) => statistics?.present ?? [])),
      pids: asked.flatMap(({ pid }) => pid ?? []),
      silent: silent.flatMap(({ pid }) => pid ?? []),
    };
  }
}
