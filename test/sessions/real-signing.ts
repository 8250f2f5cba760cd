/** The real itsdangerous, Flask and Django, asked many things at once (real_signing.py). */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pythonProgram, repositoryRoot } from "../support/python-environment.ts";

/** What is done, with the key, at a time. */
export interface Operation {
  readonly do: string;
  readonly key: string;
  readonly fallbacks?: readonly string[];
  /** Seconds since 1970. */
  readonly now: number;
  readonly [argument: string]: unknown;
}

export type Outcome = { readonly value: unknown } | { readonly error: string };

/** The outcomes, in the order of the operations. */
export function askPython(operations: readonly Operation[]): readonly Outcome[] {
  const { status, stdout, stderr } = spawnSync(
    pythonProgram("python"),
    [join(repositoryRoot, "test", "sessions", "real_signing.py")],
    { input: JSON.stringify(operations), encoding: "utf8", maxBuffer: 2 ** 28, timeout: 120_000 },
  );
  if (status !== 0) throw new Error(`real_signing.py ended with status ${status}: ${stderr}`);
  // It answers with one outcome for each operation.
  return JSON.parse(stdout) as Outcome[];
}

export function acceptedValue(outcome: Outcome | undefined): unknown {
  if (outcome !== undefined && "value" in outcome) return outcome.value;
  throw new Error(`Python did not accept it: ${JSON.stringify(outcome)}`);
}
