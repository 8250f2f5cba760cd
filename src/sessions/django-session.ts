/** The sessions of Django's `django.contrib.sessions.backends.signed_cookies`. */
import { type DjangoSigningOptions, djangoSigning } from "./django-signing.ts";
import type { SessionFormat, SessionValues } from "./session-format.ts";
import { valuesOf } from "./session-values.ts";

export interface DjangoSessionOptions
  extends Pick<DjangoSigningOptions, "secretKey" | "secretKeyFallbacks" | "now" | "maxBytes"> {
  /** `SESSION_COOKIE_AGE`, in seconds; two weeks if not given. */
  readonly cookieAge?: number;
  /** `SESSION_EXPIRE_AT_BROWSER_CLOSE`; `false` if not given. */
  readonly expireAtBrowserClose?: boolean;
}

const TWO_WEEKS = 1_209_600;

/** Where `set_expiry` keeps seconds, a date in ISO 8601, or 0 for the end with the browser. */
const EXPIRY = "_session_expiry";

/**
 * Sessions that a Django project with this `SECRET_KEY` and `SESSION_ENGINE` reads and writes.
 * @throws {SigningOptionsError}
 */
export function djangoSession(options: DjangoSessionOptions): SessionFormat {
  const { cookieAge = TWO_WEEKS, expireAtBrowserClose = false, now = Date.now } = options;
  const salt = "django.contrib.sessions.backends.signed_cookies";
  const json = djangoSigning({ ...options, salt, compress: true });
  return {
    cookieName: "sessionid",
    refreshes: false,
    read: (text) => valuesOf(json.loads(text, { maxAge: cookieAge })),
    write: (values) => json.dumps(Object.fromEntries(values)),
    lifetime: (values) => {
      const isPermanent = values.has(EXPIRY) ? values.get(EXPIRY) !== 0 : !expireAtBrowserClose;
      return isPermanent ? (customLifetime(values, now()) ?? cookieAge) : undefined;
    },
    setPermanent: (values, isPermanent) => {
      values.delete(EXPIRY);
      if (isPermanent === expireAtBrowserClose) values.set(EXPIRY, isPermanent ? cookieAge : 0);
    },
  };
}

function customLifetime(values: SessionValues, now: number): number | undefined {
  const expiry = values.get(EXPIRY);
  if (typeof expiry === "number" && Number.isFinite(expiry)) return expiry;
  const at = typeof expiry === "string" ? Date.parse(expiry) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, (at - now) / 1000);
}
