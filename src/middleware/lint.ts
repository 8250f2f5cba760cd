/** Lint for applications of this process, which has a clock and may have a collector of garbage. */
import { stopwatch } from "../development/stopwatch.ts";
import { type LintOptions, type LintSurroundings, makeLint } from "../wsgi/lint.ts";
import type { Application, Middleware } from "../wsgi/types.ts";

export const SURROUNDINGS: LintSurroundings = {
  stopwatch,
  ...(globalThis.gc !== undefined && { collect: globalThis.gc }),
};

const watch = makeLint(SURROUNDINGS);

/**
 * Wraps an application: what it or the server does against the contract is told, and nothing is
 * changed. Without `onFinding` each finding is a line in `wsgi.errors`, once.
 */
export function lint(application: Application, options?: LintOptions): Application;
/** The same as a middleware. */
export function lint(options?: LintOptions): Middleware;
export function lint(
  first: Application | LintOptions = {},
  options: LintOptions = {},
): Application | Middleware {
  if (typeof first === "function") return watch(first, options);
  return (application: Application) => watch(application, first);
}
