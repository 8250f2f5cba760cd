/** Lint for applications of this process, which has a clock and may have a collector of garbage. */
import { type Lint, type LintSurroundings, makeLint } from "../wsgi/lint.ts";
import { stopwatch } from "./stopwatch.ts";

export const SURROUNDINGS: LintSurroundings = {
  stopwatch,
  ...(globalThis.gc !== undefined && { collect: globalThis.gc }),
};

/**
 * Wraps an application: what it or the server does against the contract is told, and nothing is
 * changed. Without `onFinding` each finding is a line in `wsgi.errors`, once.
 */
export const lint: Lint = makeLint(SURROUNDINGS);
