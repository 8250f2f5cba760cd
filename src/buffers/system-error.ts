/** What the system, or Node.js in its place, says of a call that has failed. */

/** Whether it is the system that refused, and no mistake of this program. */
export function isSystemError(error: unknown): error is Error & { readonly code: unknown } {
  return error instanceof Error && "code" in error;
}

/** As `ENOENT`; empty where it has none. */
export function codeOf(error: unknown): string {
  return isSystemError(error) ? String(error.code) : "";
}

/** Whether it has one of these. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes(codeOf(error));
}
