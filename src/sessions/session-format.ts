/** What a session's cookie holds, and how long it lasts: each framework has its own answer. */
export type SessionValues = ReadonlyMap<string, unknown>;

export interface SessionFormat {
  /** The cookie's name where nobody gives another. */
  readonly cookieName: string;
  /** Whether a permanent session that is read gets its cookie anew, so that its time begins again. */
  readonly refreshes: boolean;
  /** @throws {BadDataError} the text was signed by somebody else, or too long ago, or is no session */
  read(text: string): Map<string, unknown>;
  /** @throws {UnstorableValueError} */
  write(values: SessionValues): string;
  /** Seconds that the cookie is kept; undefined if it ends with the browser. */
  lifetime(values: SessionValues): number | undefined;
  /** Writes down whether the session outlives the browser. */
  setPermanent(values: Map<string, unknown>, isPermanent: boolean): void;
}
