/** Puts every row to one server, which is started anew when it dies or no longer answers. */
import { setTimeout as pause } from "node:timers/promises";
import { ServerProcess } from "../peers/server-process.ts";
import { judgeRow } from "../src/probe/judge-rows.ts";
import { ProbedServer } from "../src/probe/probed-server.ts";
import { fail, type Judgement, type Row } from "../src/probe/row.ts";
import type { JudgedServer } from "./servers.ts";

/** In milliseconds: a row that takes longer has failed, as has a server that answers nobody. */
const LONGEST_ROW = 60_000;
const LONGEST_RECOVERY = 4_000;
const LONGEST_DYING = 500;
const PATIENCE = 2_000;

const LATE = fail(`no verdict in ${LONGEST_ROW / 1_000} s`);

export async function judgeServer(
  server: JudgedServer,
  rows: readonly Row[],
  signal: AbortSignal,
): Promise<Readonly<Record<string, Judgement>>> {
  const judgements: Record<string, Judgement> = {};
  let running: ServerProcess | undefined;
  try {
    for (const row of rows) {
      signal.throwIfAborted();
      running ??= await ServerProcess.start(server, signal);
      const judgement = await judgeInTime(row, probed(server, running), signal);
      judgements[row.name] = judgement ?? LATE;
      // A row that goes on meanwhile ends with the server that it speaks to.
      if (judgement !== undefined && (await recovers(running))) continue;
      if (await running.ends(LONGEST_DYING)) {
        judgements[row.name] = fail(`${(judgement ?? LATE).evidence}: the server died`);
      }
      const broken = running;
      running = undefined;
      await broken[Symbol.asyncDispose]();
    }
    return judgements;
  } finally {
    await running?.[Symbol.asyncDispose]();
  }
}

/** With what its judges cannot see from outside. */
function probed(server: JudgedServer, running: ServerProcess): ProbedServer {
  const { threads, processes, deployed } = server;
  const expectations = {
    processes,
    log: () => running.log,
    ...(typeof threads === "number" ? { threads } : {}),
    ...(deployed === undefined ? {} : { environ: deployed }),
  };
  return new ProbedServer("127.0.0.1", running.port, PATIENCE, expectations);
}

/** Undefined if it takes too long. */
async function judgeInTime(
  row: Row,
  server: ProbedServer,
  stopped: AbortSignal,
): Promise<Judgement | undefined> {
  const finished = new AbortController();
  const signal = AbortSignal.any([finished.signal, stopped]);
  const late = pause(LONGEST_ROW, undefined, { signal }).catch(() => undefined);
  try {
    return await Promise.race([judgeRow(server, row), late]);
  } finally {
    finished.abort();
  }
}

/** Whether others are served once a row is over. */
async function recovers(server: ServerProcess): Promise<boolean> {
  if (server.hasEnded) return false;
  try {
    await server.verify(LONGEST_RECOVERY);
    return true;
  } catch {
    // It hangs, as its row has found or not: for the next one it starts anew.
    return false;
  }
}
