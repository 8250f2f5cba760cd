/** Judges a server row by row; what one row leaves behind is not blamed on the next. */
import { setTimeout as pause } from "node:timers/promises";
import type { ProbedServer } from "./probed-server.ts";
import { fail, type Judgement, notApplicable, type Row } from "./row.ts";

export interface JudgedRow extends Judgement {
  readonly row: Row;
}

/** How long a server may take to get over a row that it failed, in milliseconds. */
const RECOVERY = 10_000;
const BETWEEN_LOOKS = 100;

/** In characters; what is longer is a body, and its beginning tells enough. */
const LONGEST_EVIDENCE = 200;

/** Yields each row as soon as it is judged. */
export async function* judgeRows(
  server: ProbedServer,
  rows: readonly Row[],
): AsyncGenerator<JudgedRow> {
  let lost: string | undefined;
  for (const row of rows) {
    if (lost !== undefined) {
      yield { row, ...fail(`it has answered nothing since ${lost}`) };
      continue;
    }
    const judgement = await judgeRow(server, row);
    yield { row, ...judgement };
    if (judgement.verdict !== "pass" && !(await recovers(server))) lost = row.name;
  }
}

export async function judgeRow(server: ProbedServer, row: Row): Promise<Judgement> {
  try {
    const { verdict, evidence } = await row.judge(server);
    return { verdict, evidence: inOneLine(evidence) };
  } catch (error) {
    const evidence = inOneLine(error instanceof Error ? error.message : String(error));
    // What a server may do or leave, it cannot fail to do.
    return row.level === "MAY" ? notApplicable(evidence) : fail(evidence);
  }
}

function inOneLine(evidence: string): string {
  const line = evidence.replace(/[\s\0-\x1f\x7f-\x9f]+/g, " ").trim();
  return line.length > LONGEST_EVIDENCE ? `${line.slice(0, LONGEST_EVIDENCE)}…` : line;
}

/** Whether a plain request is answered again. */
async function recovers(server: ProbedServer): Promise<boolean> {
  const deadline = performance.now() + RECOVERY;
  for (;;) {
    try {
      const { status } = await server.ask("GET", "/hello");
      if (status === 200) return true;
    } catch {
      // A server that is still busy with the last row, or gone: only the deadline tells.
    }
    if (performance.now() > deadline) return false;
    await pause(BETWEEN_LOOKS);
  }
}
