/** What is said of a server when all its rows are judged. */
import type { JudgedRow } from "./judge-rows.ts";
import type { Row, Verdict } from "./row.ts";

/** What `portico probe --json` prints; docs/probe.md says what each name means. */
export interface ProbeReport {
  readonly portico: string;
  readonly url: string;
  /** That of the application that was probed: `Python 3.11.7`. */
  readonly language: string;
  readonly seconds: number;
  readonly verdict: "pass" | "fail";
  readonly conclusion: string;
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly rows: readonly ProbedRow[];
}

export interface ProbedRow extends Required<Omit<Row, "judge">> {
  readonly verdict: Verdict;
  readonly evidence: string;
}

export type ProbeFacts = Pick<ProbeReport, "portico" | "url" | "language" | "seconds">;

export function makeProbeReport(facts: ProbeFacts, judged: readonly JudgedRow[]): ProbeReport {
  const counts = {
    pass: countOf(judged, "pass"),
    fail: countOf(judged, "fail"),
    "not applicable": countOf(judged, "not applicable"),
  };
  return {
    ...facts,
    verdict: counts.fail === 0 ? "pass" : "fail",
    conclusion: conclusionOf(counts, judged),
    counts,
    rows: judged.map(({ row, verdict, evidence }) => {
      const { name, title, group, level, source, requirements = [] } = row;
      return { name, title, group, level, source, requirements, verdict, evidence };
    }),
  };
}

function countOf(judged: readonly JudgedRow[], verdict: Verdict): number {
  return judged.filter((row) => row.verdict === verdict).length;
}

function conclusionOf(
  { pass, fail, "not applicable": others }: ProbeReport["counts"],
  judged: readonly JudgedRow[],
): string {
  const left = others === 0 ? "" : `; ${others} could not be judged`;
  if (fail === 0) return `Every rule that was judged is kept: ${pass}${left}.`;
  const isMust = ({ row, verdict }: JudgedRow): boolean =>
    verdict === "fail" && row.level === "MUST";
  const musts = judged.filter(isMust).length;
  if (fail === 1) {
    const level = musts === 1 ? "a MUST" : "no MUST";
    return `One rule of ${pass + fail} is broken, and it is ${level}${left}.`;
  }
  return `${fail} rules of ${pass + fail} are broken, ${musts} of them a MUST${left}.`;
}
