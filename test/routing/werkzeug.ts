/** What the installed Werkzeug makes of cases. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pythonProgram, repositoryRoot } from "../support/python-environment.ts";
import type { OpenCase } from "./random-cases.ts";
import type { Outcome, RoutingCase } from "./routing-case.ts";

/** In the order of a case's asks and builds. */
export interface Answers {
  readonly asks: readonly Outcome[];
  /** Null: there is no such URL. */
  readonly builds: readonly (string | null)[];
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export function werkzeugAnswers(cases: readonly (RoutingCase | OpenCase)[]): readonly Answers[] {
  const script = join(repositoryRoot, "test", "routing", "werkzeug_answers.py");
  const output = execFileSync(pythonProgram("python"), [script], {
    input: JSON.stringify(cases),
    encoding: "utf8",
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  // The script writes one for each case.
  return JSON.parse(output) as readonly Answers[];
}
