/** What was answered at each path, and what that says of how far the requests have come. */

export interface PathAnswers {
  readonly path: string;
  /** How often each status came. */
  readonly statuses: Readonly<Record<string, number>>;
}

/** `at / 200 (84), 405 (8); at /up 404 (92)`. */
export function answersText(answers: readonly PathAnswers[]): string {
  return answers.map(({ path, statuses }) => `at ${path} ${counts(statuses)}`).join("; ");
}

/**
 * The paths at which nothing was served: behind a login, or a Host that is refused, an application
 * breaks no rule because it does not run. Where it only fails, findings say so.
 */
export function unservedText(answers: readonly PathAnswers[]): string | undefined {
  const unserved = answers.filter(({ statuses }) => isUnserved(Object.keys(statuses)));
  if (unserved.length === 0) return undefined;
  const told = unserved.map(({ path, statuses }) => {
    return `nothing but ${Object.keys(statuses).join(", ")} was answered at ${path}`;
  });
  return `${told.join(", ")} (--header and --path may lead further)`;
}

function isUnserved(statuses: readonly string[]): boolean {
  const isSuccess = (status: string): boolean => status.startsWith("2");
  const isFailure = (status: string): boolean => status.startsWith("5");
  return !statuses.some(isSuccess) && !statuses.every(isFailure);
}

function counts(statuses: PathAnswers["statuses"]): string {
  const told = Object.entries(statuses).map(([status, times]) => `${status} (${times})`);
  return told.length === 0 ? "nothing" : told.join(", ");
}
