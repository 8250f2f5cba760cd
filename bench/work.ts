/** What a row of the table of works says. */
import type { Exchange } from "../peers/exchange.ts";
import type { Load } from "./loads/load.ts";
import type { Measure } from "./results.ts";
import type { Language } from "./servers/bench-server.ts";

export interface Work {
  /** As `python-hello`: what `--work` and bench/results.json call it. */
  readonly name: string;
  readonly title: string;
  readonly language: Language;
  /** bench/apps/APPLICATION.py or .ts; for files, the name of a file in the folder. */
  readonly application: string;
  readonly exchange: Exchange;
  readonly load: Load;
  /** What the servers are ordered by. */
  readonly measure: Measure;
  /** Names in the table of its language's servers. */
  readonly servers: readonly string[];
  /** Threads of each process, where a server has them. */
  readonly threads?: number;
  /** Whether `--quick` has it. */
  readonly quick: boolean;
  /** In place of `--seconds`, where a turn needs another length. */
  readonly seconds?: number;
}
