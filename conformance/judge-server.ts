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
  await using judged = new JudgedProcess(server, signal);
  for (const row of rows) {
    const first = await judged.judge(row);
    // What fails once may have failed by the machine's fault.
    judgements[row.name] = first.verdict === "fail" ? await judged.judge(row) : first;
  }
  return judgements;
}

/** Has the server running whenever a row is judged. */
class JudgedProcess implements AsyncDisposable {
  readonly #server: JudgedServer;
  readonly #signal: AbortSignal;
  #running: ServerProcess | undefined;

  constructor(server: JudgedServer, signal: AbortSignal) {
    this.#server = server;
    this.#signal = signal;
  }

  async judge(row: Row): Promise<Judgement> {
    this.#signal.throwIfAborted();
    this.#running ??= await ServerProcess.start(this.#server, this.#signal);
    const running = this.#running;
    const judgement = await judgeInTime(row, probed(this.#server, running), this.#signal);
    // A row that goes on meanwhile ends with the server that it speaks to.
    if (judgement !== undefined && (await recovers(running))) return judgement;
    const { verdict, evidence } = judgement ?? LATE;
    const died = await running.ends(LONGEST_DYING);
    await this[Symbol.asyncDispose]();
    return died ? fail(`${evidence}: the server died`) : { verdict, evidence };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
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
