/** Refuses what another site makes a browser send in its user's name (cross-site request forgery). */

import { responseOfError } from "../messages/answer.ts";
import { type CookieOptions, parseCookies, setCookieField } from "../messages/cookies.ts";
import { HttpError } from "../messages/http-error.ts";
import { respond } from "../messages/respond.ts";
import type { SecretKeys } from "../sessions/signer.ts";
import { addToList } from "../wsgi/header-list.ts";
import type { Application, Environ, Middleware, StartResponse } from "../wsgi/types.ts";
import { changeHead } from "./change-head.ts";
import { hasForm, readForm } from "./csrf-form.ts";
import { CsrfSecrets, isTokenOf, tokenFor } from "./csrf-token.ts";
import { OptionJudge } from "./option-error.ts";
import { requestOrigin, TrustedOrigins } from "./request-origin.ts";
import type { Returned } from "./wrapped-body.ts";

export interface CsrfOptions extends Partial<SecretKeys> {
  /** Other origins whose requests are accepted: `https://app.example`, `https://*.example.com`. */
  readonly trustedOrigins?: readonly string[];
  /**
   * When a token is asked for: `fallback` where the browser does not say which site it is on,
   * `always`, or `never`; `fallback` if not given.
   */
  readonly tokens?: "fallback" | "always" | "never";
  /** Whose tokens they are, as a session's or a user's id, so that they are no other's; one for all if not given. */
  readonly owner?: (environ: Environ) => string;
  /** Requests that are not judged, as those of a webhook that proves itself otherwise. */
  readonly exempt?: (environ: Environ) => boolean;
  /** Django's if not given: `csrftoken`, for a year, which scripts may read. */
  readonly cookie?: Omit<CookieOptions, "expires"> & { readonly name?: string };
  /** The longest form that is read for a token, in bytes; 1 MiB if not given. */
  readonly maxFormBytes?: number;
}

/** Where a token is looked for: the names that Django has. */
const FIELD = "csrfmiddlewaretoken";
const YEAR = 31_449_600;
const MAX_FORM_BYTES = 1_048_576;

/**
 * Lets GET, HEAD, OPTIONS and TRACE through, and of other requests those of this site and of trusted
 * ones; 403 for the rest.
 * @throws {OptionError}
 * @throws {SigningOptionsError} a key is empty
 * @example
 * export default csrf({ secretKey, trustedOrigins: ["https://app.example"] })(application);
 */
export function csrf(options: CsrfOptions = {}): Middleware {
  const guard = new Guard(options);
  return (application) => {
    const withCookie = changeHead(application, (head, environ) => {
      const field = tokensOf(environ).cookieField();
      if (field === undefined) return head;
      head.headers.push(["Set-Cookie", field]);
      addToList(head.headers, "Vary", "Cookie");
      return head;
    });
    return (environ, startResponse) => {
      const within = { ...environ, [KEY]: guard.tokensFor(environ) };
      return guard.judge(within, startResponse, withCookie);
    };
  };
}

/**
 * A token for a form's field `csrfmiddlewaretoken`, or for the field `X-CSRFToken` of a request by a
 * script. The answer then sets the cookie that belongs to it.
 * @throws {Error} the middleware csrf() is not around the application, or the answer has begun
 */
export function csrfToken(environ: Environ): string {
  return tokensOf(environ).token();
}

const KEY = "portico.csrf";

function tokensOf(environ: Environ): CsrfTokens {
  const tokens = environ[KEY];
  if (tokens instanceof CsrfTokens) return tokens;
  throw new Error("this request has no token: put the middleware csrf() around the application");
}

interface CookieSettings {
  readonly name: string;
  readonly options: CookieOptions;
}

/** The secret and the tokens of one request. */
class CsrfTokens {
  readonly #secrets: CsrfSecrets;
  readonly #environ: Environ;
  readonly #owner: () => string;
  readonly #cookie: CookieSettings;
  #used: string | undefined;
  /** Whether the head of the answer has left, and a cookie with it or none. */
  #isSealed = false;

  constructor(secrets: CsrfSecrets, environ: Environ, owner: () => string, cookie: CookieSettings) {
    this.#secrets = secrets;
    this.#environ = environ;
    this.#owner = owner;
    this.#cookie = cookie;
  }

  /** The secret that the client has; undefined where it has none of this owner's. */
  get known(): string | undefined {
    const sent = parseCookies(this.#environ.HTTP_COOKIE).get(this.#cookie.name);
    return sent !== undefined && this.#secrets.isOwn(sent, this.#owner()) ? sent : undefined;
  }

  token(): string {
    this.#used ??= this.known ?? this.#make();
    return tokenFor(this.#used);
  }

  #make(): string {
    if (this.#isSealed) {
      throw new Error(
        "csrfToken() was called after startResponse: its cookie can be set no more; call it before",
      );
    }
    return this.#secrets.make(this.#owner());
  }

  /** The field that the answer needs, where a token was asked for: the last chance to do so. */
  cookieField(): string | undefined {
    this.#isSealed = true;
    if (this.#used === undefined) return undefined;
    const { name, options } = this.#cookie;
    const isHttps = this.#environ["wsgi.url_scheme"] === "https";
    return setCookieField(name, this.#used, options, isHttps);
  }
}

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

/** What decides. */
class Guard {
  readonly #options: CsrfOptions;
  readonly #trusted: TrustedOrigins;
  readonly #secrets: CsrfSecrets;
  readonly #cookie: CookieSettings;

  constructor(options: CsrfOptions) {
    const { secretKey, secretKeyFallbacks = [], maxFormBytes = MAX_FORM_BYTES } = options;
    const judge = new OptionJudge("csrf");
    judge.mustBeCount("maxFormBytes", maxFormBytes, "bytes");
    this.#options = options;
    this.#trusted = new TrustedOrigins(options.trustedOrigins ?? [], judge);
    this.#secrets = new CsrfSecrets(
      secretKey === undefined ? undefined : { secretKey, secretKeyFallbacks },
    );
    const { name = "csrftoken", ...given } = options.cookie ?? {};
    this.#cookie = { name, options: { maxAge: YEAR, httpOnly: false, ...given } };
  }

  tokensFor(environ: Environ): CsrfTokens {
    const owner = (): string => this.#options.owner?.(environ) ?? "";
    return new CsrfTokens(this.#secrets, environ, owner, this.#cookie);
  }

  judge(environ: Environ, startResponse: StartResponse, application: Application): Returned {
    const { tokens = "fallback", exempt } = this.#options;
    if (SAFE_METHODS.has(environ.REQUEST_METHOD) || exempt?.(environ) === true) {
      return application(environ, startResponse);
    }
    const origin = requestOrigin(environ, this.#trusted);
    if (origin === "other") return refuse("it comes from another site", environ, startResponse);
    const needsToken = tokens === "always" || (tokens === "fallback" && origin === "unsaid");
    if (!needsToken) return application(environ, startResponse);
    return this.#demandToken(environ, startResponse, application);
  }

  #demandToken(environ: Environ, startResponse: StartResponse, application: Application): Returned {
    const { known } = tokensOf(environ);
    if (known === undefined) return refuse("it has no CSRF cookie", environ, startResponse);
    const sent = environ.HTTP_X_CSRFTOKEN;
    if (sent === undefined && hasForm(environ)) {
      return this.#demandField(known, environ, startResponse, application);
    }
    if (sent === undefined) return refuse("it has no CSRF token", environ, startResponse);
    if (!isTokenOf(sent, known)) return refuse(WRONG, environ, startResponse);
    return application(environ, startResponse);
  }

  async #demandField(
    known: string,
    environ: Environ,
    startResponse: StartResponse,
    application: Application,
  ): Promise<Awaited<Returned>> {
    const { maxFormBytes = MAX_FORM_BYTES } = this.#options;
    const form = await readForm(environ, FIELD, maxFormBytes);
    if (form === undefined) {
      return refuse("its form is too long to look for a CSRF token", environ, startResponse);
    }
    const { token, input } = form;
    if (token === undefined) return refuse("it has no CSRF token", environ, startResponse);
    if (!isTokenOf(token, known)) return refuse(WRONG, environ, startResponse);
    return application({ ...environ, "wsgi.input": input }, startResponse);
  }
}

const WRONG = "its CSRF token is not that of its cookie";

function refuse(reason: string, environ: Environ, startResponse: StartResponse): Awaited<Returned> {
  const error = new HttpError(403, `the request was refused, since ${reason}`);
  return respond(responseOfError(error, environ), environ, startResponse);
}
