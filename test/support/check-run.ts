/** Runs of `portico check`, the command itself, and the reports that they print. */
import type { CheckReport, RuleReport } from "../../src/check/report.ts";
import { runToEnd } from "./portico-run.ts";
import { pythonProgram } from "./python-environment.ts";

export interface CheckRun {
  readonly code: number | null;
  readonly report: CheckReport;
  /** What the report does not say was kept or not exercised. */
  readonly broken: readonly RuleReport[];
}

/** `portico check --json` in a directory; `args` are the target and options. */
export async function checkRun(cwd: string, ...args: readonly string[]): Promise<CheckRun> {
  const python = ["--python", pythonProgram("python")];
  const end = await runToEnd({
    args: ["check", "--json", ...python, ...args],
    cwd,
    ownPython: true,
  });
  // Anything else is no report, and fails the test with what was printed.
  const report = parsed(end.stdout, end.stderr);
  const broken = report.rules.filter(({ verdict }) => verdict === "broken" || verdict === "warned");
  return { code: end.code, report, broken };
}

function parsed(stdout: string, stderr: string): CheckReport {
  try {
    return JSON.parse(stdout) as CheckReport;
  } catch (error) {
    throw new Error(`no report:\n${stdout}\n${stderr}`, { cause: error });
  }
}
