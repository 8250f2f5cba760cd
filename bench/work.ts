/** What a row of the table of works says. */
import type { Exchange } from "../peers/exchange.ts";
import type { Load } from "./loads/load.ts";
import type { Measure } from "./results.ts";
import type { BenchServer, Language } from "./servers/bench-server.ts";

/** What every application here that says no more than hello is asked, and answers. */
export const HELLO: Exchange = { path: "/", body: "Hello World\n" };

/** bench/apps/django_page.py has a session of this key. */
export const DJANGO: Exchange = {
  path: "/",
  headers: { Cookie: "sessionid=0123456789abcdef0123456789abcdef" },
  body: { containing: "Hello Ada" },
};

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
  /** Processes, where a work compares numbers of them; otherwise as suits each server best. */
  readonly workers?: number;
  /** How long a connection may lie open without a request, where a load wants that longer. */
  readonly idleSeconds?: number;
  /** A row for each of these, in place of one row a server. */
  readonly variants?: readonly Variant[];
  /** Whether `--quick` has it. */
  readonly quick: boolean;
  /** In place of `--seconds`, where a turn needs another length. */
  readonly seconds?: number;
  /** In place of more, where rounds hardly differ: memory is no noisy thing. */
  readonly mostRounds?: number;
}

/** What is changed of a work for one row of each server. */
export interface Variant extends Partial<Pick<Work, "load" | "workers">> {
  /** Behind the server's name, as `10 idle`. */
  readonly name: string;
}

export interface Row {
  readonly server: BenchServer;
  /** With the changes of its variant. */
  readonly work: Work;
  readonly name: string;
  readonly variant?: string;
}

export function rowsOf(work: Work, servers: readonly BenchServer[]): Row[] {
  const { variants } = work;
  if (variants === undefined) return servers.map((server) => ({ server, work, name: server.name }));
  return servers.flatMap((server) =>
    variants.map(({ name, ...changes }) => ({
      server,
      work: { ...work, ...changes },
      name: `${server.name}, ${name}`,
      variant: name,
    })),
  );
}
