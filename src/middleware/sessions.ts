/** Gives each request the session of its cookie, and each answer the cookie of a session that changed. */
import {
  type CookieOptions,
  MAX_COOKIE_BYTES,
  parseCookies,
  setCookieField,
} from "../messages/cookies.ts";
import { type CookieAction, Session, sessionOf, withSession } from "../sessions/session.ts";
import type { SessionFormat } from "../sessions/session-format.ts";
import { BadDataError, BadPayloadError } from "../sessions/signing-errors.ts";
import { addToList } from "../wsgi/header-list.ts";
import type { Environ, HeaderList, Middleware } from "../wsgi/types.ts";
import { changeHead } from "./change-head.ts";

export interface SessionsOptions {
  /** Who else reads the cookie: `flaskSession`, `djangoSession`, or `signedSession` for nobody. */
  readonly format: SessionFormat;
  /** The name is the framework's own if not given; its lifetime is the format's to say. */
  readonly cookie?: Omit<CookieOptions, "maxAge" | "expires"> & { readonly name?: string };
  /**
   * Whether the cookie of a permanent session is set again by each request that reads it; the
   * framework's own default if not given: `true` for Flask's, `false` for Django's.
   */
  readonly refresh?: boolean;
}

/**
 * `sessionOf(environ)` is the session inside. The cookie is set when the session has changed, `Vary:
 * Cookie` when it was read. An answer of 500 and above changes no cookie.
 * @throws {CookieError} the cookie is one that no browser would keep
 * @example
 * export default sessions({ format: flaskSession({ secretKey }) })(application);
 */
export function sessions(options: SessionsOptions): Middleware {
  const { format, refresh = format.refreshes } = options;
  const cookie = new SessionCookie(format, options.cookie ?? {});
  return (application) => {
    const withCookie = changeHead(application, (head, environ) => {
      const session = sessionOf(environ);
      const action = session.seal(refresh);
      if (session.isAccessed) addToList(head.headers, "Vary", "Cookie");
      if (!head.status.startsWith("5")) cookie.apply(action, session, environ, head.headers);
      return head;
    });
    return (environ, startResponse) => {
      const session = new Session(format, () => cookie.valuesIn(environ));
      return withCookie(withSession(environ, session), startResponse);
    };
  };
}

/** The cookie: read in a request, set in an answer. */
class SessionCookie {
  readonly #format: SessionFormat;
  readonly #name: string;
  readonly #options: CookieOptions;

  /** @throws {CookieError} */
  constructor(format: SessionFormat, options: NonNullable<SessionsOptions["cookie"]>) {
    const { name = format.cookieName, ...others } = options;
    // What it refuses is refused before the first request.
    setCookieField(name, "", others, true);
    this.#format = format;
    this.#name = name;
    this.#options = others;
  }

  /** What nobody with the key has signed is nobody's session. */
  valuesIn(environ: Environ): Map<string, unknown> {
    const text = this.#sent(environ);
    if (text === undefined) return new Map();
    try {
      return this.#format.read(text);
    } catch (error) {
      if (!(error instanceof BadDataError)) throw error;
      if (error instanceof BadPayloadError) {
        complain(environ, `the session in the cookie ${this.#name} is ignored: ${error.message}`);
      }
      return new Map();
    }
  }

  apply(action: CookieAction, session: Session, environ: Environ, headers: HeaderList): void {
    if (action === "leave") return;
    if (this.#isSetIn(headers)) {
      if (!session.isModified) return;
      complain(
        environ,
        `the cookie ${this.#name} is set inside of the middleware, too, and stays as it is there`,
      );
    } else if (action === "set") {
      this.#set(session, environ, headers);
    } else if (this.#sent(environ) !== undefined) {
      headers.push(this.#field("", environ, { maxAge: 0, expires: new Date(0) }));
    }
  }

  #set({ values }: Session, environ: Environ, headers: HeaderList): void {
    const value = this.#format.write(values);
    const size = this.#name.length + value.length;
    if (size > MAX_COOKIE_BYTES) {
      complain(
        environ,
        `the cookie ${this.#name} is not set: it would have ${size} bytes, and browsers keep no more than ${MAX_COOKIE_BYTES}; store less in the session`,
      );
      return;
    }
    headers.push(this.#field(value, environ, keptFor(this.#format.lifetime(values))));
  }

  #field(value: string, environ: Environ, kept: CookieOptions): HeaderList[number] {
    const isHttps = environ["wsgi.url_scheme"] === "https";
    const field = setCookieField(this.#name, value, { ...this.#options, ...kept }, isHttps);
    return ["Set-Cookie", field];
  }

  #sent(environ: Environ): string | undefined {
    return parseCookies(environ.HTTP_COOKIE).get(this.#name) || undefined;
  }

  #isSetIn(headers: HeaderList): boolean {
    return headers.some(
      ([field, value]) =>
        field.toLowerCase() === "set-cookie" && value.startsWith(`${this.#name}=`),
    );
  }
}

/** Undefined is until the browser ends. */
function keptFor(lifetime: number | undefined): CookieOptions {
  if (lifetime === undefined) return {};
  const maxAge = Math.max(0, Math.floor(lifetime));
  return { maxAge, expires: new Date(Date.now() + maxAge * 1000) };
}

function complain(environ: Environ, message: string): void {
  environ["wsgi.errors"].write(`sessions: ${message}\n`);
}
