/** Puts every row to one server, which is started anew when it dies or no longer answers. */
import { ServerProcess } from "../peers/server-process.ts";
import { ProbedServer } from "../src/probe/probed-server.ts";
import { fail, type Judgement, type Row } from "../src/probe/row.ts";
import type { JudgedServer } from "./servers.ts";

/** In milliseconds: a row that takes longer has failed, as has a server that answers nobody. */
const LONGEST_ROW = 60_000;
const LONGEST_RECOVERY = 4_000;

export async function judgeServer(
  server: JudgedServer,
  rows: readonly Row[],
  signal: AbortSignal,
): Promise<Readonly<Record<string, Judgement>>> {
  const judgements: Record<string, Judgement> = {};
  let running: ServerProcess | undefined;
  try {
    for (const row of rows) {
      running ??= await ServerProcess.start(server, signal);
      const judgement = await judgeRow(row, new ProbedServer("127.0.0.1", running.port));
      judgements[row.name] = running.hasEnded
        ? fail(`${judgement.evidence}: the server died`)
        : judgement;
      if (await recovers(running)) continue;
      const broken = running;
      running = undefined;
      await broken[Symbol.asyncDispose]();
    }
    return judgements;
  } finally {
    await running?.[Symbol.asyncDispose]();
  }
}

async function judgeRow(row: Row, server: ProbedServer): Promise<Judgement> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Judgement>((resolve) => {
    timer = setTimeout(resolve, LONGEST_ROW, fail(`no verdict in ${LONGEST_ROW / 1_000} s`));
  });
  try {
    return await Promise.race([row.judge(server), late]);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
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
