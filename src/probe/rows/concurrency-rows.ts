/** Rows about threads and processes: what the flags say must be what several requests at a time show. */
import { setTimeout as pause } from "node:timers/promises";
import type { ClientConnection } from "../../client/client-connection.ts";
import { type ProbedServer, START, scriptTarget } from "../probed-server.ts";
import { fail, type Judgement, notApplicable, passIf, type Row } from "../row.ts";
import type { Report, Script } from "../script.ts";

const SOURCE = "PEP 3333, environ Variables";

/** Requests at a time; wsgiref lets no more than these connect while it runs the first. */
const CROWD = 5;
/** So long, in milliseconds, requests that have not arrived are taken to wait for others. */
const SETTLING = 500;

const HELD: Script = { call: [["reach", "held"], START, ["yield", "x"]] };

export const CONCURRENCY_ROWS: readonly Row[] = [
  {
    name: "multithread",
    title: "wsgi.multithread is true exactly when two threads of a process run the application",
    group: "environ",
    level: "SHOULD",
    source: SOURCE,
    requirements: ["S33e"],
    async judge(server) {
      const flag = (await server.facts()).flags["wsgi.multithread"];
      if (flag === undefined) return fail("it is missing");
      const { threads } = server.expectations;
      if (threads !== undefined)
        return passIf(flag === threads > 1, `${flag}, threads: ${threads}`);
      return judgeFlag(flag, await crowdAt(server), "in one process at a time");
    },
  },
  {
    name: "multiprocess",
    title: "wsgi.multiprocess is true exactly when several processes run the application",
    group: "environ",
    level: "SHOULD",
    source: SOURCE,
    requirements: ["S33f"],
    async judge(server) {
      const flag = (await server.facts()).flags["wsgi.multiprocess"];
      if (flag === undefined) return fail("it is missing");
      const { processes } = server.expectations;
      if (processes !== undefined) {
        return passIf(flag === processes > 1, `${flag}, processes: ${processes}`);
      }
      const { held } = await crowdAt(server);
      const seen = new Set(held.map(({ process }) => process));
      for (let request = 0; request < CROWD; request += 1) seen.add((await server.facts()).process);
      return passIf(flag === seen.size > 1, `${flag}, ${seen.size} seen`);
    },
  },
  {
    name: "run-once",
    title: "wsgi.run_once is false for a server that goes on",
    group: "environ",
    level: "SHOULD",
    source: SOURCE,
    requirements: ["S33g"],
    async judge(server) {
      const flag = (await server.facts()).flags["wsgi.run_once"];
      return passIf(flag === false, String(flag ?? "it is missing"));
    },
  },
  {
    name: "single-threaded",
    title: "run with one thread, the server never runs two requests in a process at a time",
    group: "The call",
    level: "SHOULD",
    source: "PEP 3333, Thread Support",
    requirements: ["S78"],
    async judge(server) {
      const crowd = await crowdAt(server);
      const most = mostInOneProcess(crowd);
      const words = `${most} of ${CROWD} in one process at a time`;
      if (server.expectations.threads === 1 || most === 1) return passIf(most === 1, words);
      return notApplicable(`it runs with threads: ${words}`);
    },
  },
];

/** What was seen of {@link CROWD} requests of which none is let go on. */
interface Crowd {
  readonly held: readonly Report[];
  /** Requests that nobody ran meanwhile. */
  readonly waiting: number;
}

async function crowdAt(server: ProbedServer): Promise<Crowd> {
  await using judge = await server.judge();
  const connections: ClientConnection[] = [];
  try {
    for (let request = 0; request < CROWD; request += 1) {
      const connection = await server.connect();
      connections.push(connection);
      connection.request("GET", scriptTarget(HELD, judge));
    }
    let seen = -1;
    while (judge.told("held").length > seen) {
      seen = judge.told("held").length;
      await pause(SETTLING);
    }
    // Two requests that are held at a time have all that tells them apart in their reports.
    const held = [...judge.told("held")] as readonly Report[];
    judge.letThrough("held");
    await Promise.allSettled(connections.map((connection) => connection.answer()));
    return { held, waiting: CROWD - held.length };
  } finally {
    for (const connection of connections) connection[Symbol.dispose]();
  }
}

function mostInOneProcess({ held }: Crowd): number {
  const counts = new Map<number, number>();
  for (const { process } of held) counts.set(process, (counts.get(process) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

function judgeFlag(flag: boolean, crowd: Crowd, words: string): Judgement {
  const most = mostInOneProcess(crowd);
  const evidence = `${flag}, ${most} of ${CROWD} ${words}`;
  if (most > 1 || crowd.waiting > 0) return passIf(flag === most > 1, evidence);
  return notApplicable(`${flag}; more processes than requests, so that nobody can tell`);
}
