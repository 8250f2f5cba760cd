/** What a run of the benchmark does: read from its command line. */
import { parseArgs } from "node:util";
import { positive } from "../peers/command.ts";
import type { BenchServer } from "./servers/bench-server.ts";
import { SERVERS } from "./servers/servers.ts";
import { rowsOf, type Work } from "./work.ts";
import { WORKS } from "./works.ts";

/** One work, and who is to do it how often for how long. */
export interface PlannedWork {
  readonly work: Work;
  readonly servers: readonly BenchServer[];
  readonly rounds: number;
  /** Of a turn. */
  readonly seconds: number;
}

export interface RacePlan {
  readonly does: "race";
  readonly works: readonly PlannedWork[];
  /** What is measured of some servers only, or in haste, is printed and not kept. */
  readonly keepsResults: boolean;
}

export type Plan = RacePlan | { readonly does: "help" } | { readonly does: "list" };

/** What a turn takes beside its measuring: start, warm-up, verification and end, on average. */
const secondsBesideTurn = 4;

export const HELP = `npm run bench -- [OPTIONS]
  --work NAME     only the works with NAME in their name; repeatable
  --only NAME     only servers with NAME in their name; repeatable; nothing is written then
  --rounds N      turns of each server at each work (3)
  --seconds S     length of most turns, after three seconds of warm-up (2)
  --quick         the works that matter most, one round, a second a turn; nothing is written
  --list          prints works and servers
Results are written to bench/results.json: works that were not measured keep what it has of them.
`;

/** @throws when an option is unknown or chooses nothing */
export function readPlan(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      work: { type: "string", multiple: true, default: [] },
      only: { type: "string", multiple: true, default: [] },
      rounds: { type: "string" },
      seconds: { type: "string" },
      quick: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return { does: "help" };
  if (values.list) return { does: "list" };
  const rounds = positive("--rounds", values.rounds ?? (values.quick ? "1" : "3"));
  const seconds = positive("--seconds", values.seconds ?? (values.quick ? "1" : "2"));
  const chosen = chooseServers(chooseWorks(values), values.only);
  return {
    does: "race",
    works: chosen.map((each) => ({
      ...each,
      rounds: Math.min(rounds, each.work.mostRounds ?? rounds),
      seconds: secondsOf(each.work, values.quick) ?? seconds,
    })),
    keepsResults: values.only.length === 0 && !values.quick,
  };
}

/** About how long it takes, if all servers start. */
export function expectedMinutes({ works }: RacePlan): number {
  const seconds = works.map(
    (each) =>
      rowsOf(each.work, each.servers).length * each.rounds * (each.seconds + secondsBesideTurn),
  );
  return seconds.reduce((total, each) => total + each, 0) / 60;
}

function chooseWorks({
  work,
  quick,
}: {
  readonly work: string[];
  readonly quick: boolean;
}): Work[] {
  const named = WORKS.filter(({ name }) => isNamed(name, work));
  if (named.length === 0) throw new Error(noneOf("--work", WORKS));
  // Works that are named are wanted, however long they take.
  return quick && work.length === 0 ? named.filter((each) => each.quick) : named;
}

/** Undefined where the work leaves it to the run. */
function secondsOf({ seconds }: Work, quick: boolean): number | undefined {
  return seconds !== undefined && quick ? Math.ceil(seconds / 2) : seconds;
}

type Choice = Pick<PlannedWork, "work" | "servers">;

function chooseServers(works: readonly Work[], only: readonly string[]): Choice[] {
  const all = works.map((work) => ({ work, servers: serversOf(work) }));
  const chosen = all
    .map(({ work, servers }) => ({
      work,
      servers: servers.filter(({ name }) => isNamed(name, only)),
    }))
    .filter(({ servers }) => servers.length > 0);
  if (chosen.length > 0) return chosen;
  throw new Error(
    noneOf(
      "--only",
      all.flatMap(({ servers }) => servers),
    ),
  );
}

/** @throws when the table of its language has no server of a name that the work gives */
export function serversOf({ name, language, servers }: Work): BenchServer[] {
  return servers.map((wanted) => {
    const server = SERVERS[language].find((each) => each.name === wanted);
    if (server !== undefined) return server;
    throw new Error(`${name}: ${JSON.stringify(wanted)} is no server of ${language}`);
  });
}

function isNamed(name: string, parts: readonly string[]): boolean {
  const lower = name.toLowerCase();
  return parts.length === 0 || parts.some((part) => lower.includes(part.toLowerCase()));
}

function noneOf(flag: string, rows: readonly { readonly name: string }[]): string {
  const names = new Set(rows.map(({ name }) => JSON.stringify(name)));
  return `${flag} has none of ${[...names].join(" ")}`;
}
