/** The session of one request: read when it is first looked at, changed until the answer begins. */
import type { Environ } from "../wsgi/types.ts";
import type { SessionFormat, SessionValues } from "./session-format.ts";

/** A session is asked for, or changed, where that can have no effect; the message says why. */
export class SessionError extends Error {
  override readonly name: string = "SessionError";
}

/** What an answer is to do with the cookie. */
export type CookieAction = "leave" | "set" | "expire";

/**
 * Values by name. `Values` is what the application knows of them; nobody checks it. What is read is
 * not to be changed in place: only `set` and its like are noticed.
 */
export class Session<Values extends object = Record<string, unknown>> {
  readonly #format: SessionFormat;
  readonly #load: () => Map<string, unknown>;
  #loaded: Map<string, unknown> | undefined;
  #isModified = false;
  #isSealed = false;

  /** `load` gives what the client sent, and is called once at most. */
  constructor(format: SessionFormat, load: () => Map<string, unknown>) {
    this.#format = format;
    this.#load = load;
  }

  /** Whether anything was read or changed: the answer depends on the cookie then. */
  get isAccessed(): boolean {
    return this.#loaded !== undefined;
  }

  get isModified(): boolean {
    return this.#isModified;
  }

  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  get<Key extends keyof Values & string>(key: Key): Values[Key] | undefined {
    // What the application has stored under this name is of the type that it says.
    return this.#values.get(key) as Values[Key] | undefined;
  }

  has(key: keyof Values & string): boolean {
    return this.#values.has(key);
  }

  /** Names and values, in the order in which they were stored. */
  entries(): IterableIterator<[string, unknown]> {
    return this.#values.entries();
  }

  /** @throws {SessionError} the answer has begun */
  set<Key extends keyof Values & string>(key: Key, value: Values[Key]): this {
    this.#changing().set(key, value);
    return this;
  }

  /** @throws {SessionError} the answer has begun */
  delete(key: keyof Values & string): boolean {
    return this.#changing().delete(key);
  }

  /**
   * Removes everything, and with it the cookie.
   * @throws {SessionError} the answer has begun
   */
  clear(): void {
    this.#changing().clear();
  }

  /**
   * Signs the cookie anew though nothing in it has changed, so that its age begins again.
   * @throws {SessionError} the answer has begun
   */
  regenerate(): void {
    this.#changing();
  }

  /** Whether the session outlives the browser, for as long as its format says. */
  get permanent(): boolean {
    return this.#format.lifetime(this.#values) !== undefined;
  }

  /** @throws {SessionError} the answer has begun */
  set permanent(isPermanent: boolean) {
    this.#format.setPermanent(this.#changing(), isPermanent);
  }

  /** The values, for who writes the cookie. */
  get values(): SessionValues {
    return this.#values;
  }

  /** Says what the answer does with the cookie; from here on nothing can be changed. */
  seal(refreshes: boolean): CookieAction {
    this.#isSealed = true;
    if (this.#loaded === undefined) return "leave";
    if (this.#isModified) return this.isEmpty ? "expire" : "set";
    return refreshes && !this.isEmpty && this.permanent ? "set" : "leave";
  }

  get #values(): Map<string, unknown> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  #changing(): Map<string, unknown> {
    if (this.#isSealed) {
      throw new SessionError(
        "the session was changed after startResponse was called: its cookie has left; change it before",
      );
    }
    this.#isModified = true;
    return this.#values;
  }
}

const KEY = "portico.session";

/** A copy of the environ that has the session. */
export function withSession(environ: Environ, session: Session): Environ {
  return { ...environ, [KEY]: session };
}

/**
 * The session of a request, which the middleware `sessions` has put there.
 * @throws {SessionError} it has not
 * @example
 * const session = sessionOf<{ user: string }>(request.environ);
 * session.set("user", "Ada");
 */
export function sessionOf<Values extends object = Record<string, unknown>>(
  environ: Environ,
): Session<Values> {
  const session = environ[KEY];
  // Which values it has is the caller's to say.
  if (session instanceof Session) return session as Session<Values>;
  throw new SessionError(
    "this request has no session: put the middleware sessions() around the application",
  );
}
