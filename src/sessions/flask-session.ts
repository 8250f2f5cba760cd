/** The sessions of Flask (`SecureCookieSessionInterface`), and those that are like them. */
import { type ItsdangerousOptions, urlSafeTimedSerializer } from "./itsdangerous.ts";
import type { SessionFormat } from "./session-format.ts";
import { valuesOf } from "./session-values.ts";
import { taggedJson } from "./tagged-json.ts";

export interface FlaskSessionOptions
  extends Pick<ItsdangerousOptions, "secretKey" | "secretKeyFallbacks" | "digest" | "now"> {
  /** `PERMANENT_SESSION_LIFETIME`, in seconds; 31 days if not given. */
  readonly permanentLifetime?: number;
  /** The interface's `salt`; `cookie-session` if not given. */
  readonly salt?: string;
  /** The longest session that is read, in bytes of JSON; 65,536 if not given. */
  readonly maxBytes?: number;
}

const DAY = 86_400;

/** Where Flask keeps whether a session outlives the browser. */
const PERMANENT = "_permanent";

/**
 * Sessions that a Flask application with this `SECRET_KEY` reads and writes.
 * @throws {SigningOptionsError}
 */
export function flaskSession(options: FlaskSessionOptions): SessionFormat {
  const { permanentLifetime = 31 * DAY, salt = "cookie-session" } = options;
  const json = urlSafeTimedSerializer({
    ...options,
    salt,
    keyDerivation: "hmac",
    json: taggedJson,
  });
  return {
    cookieName: "session",
    refreshes: true,
    read: (text) => valuesOf(json.loads(text, { maxAge: permanentLifetime })),
    write: (values) => json.dumps(Object.fromEntries(values)),
    lifetime: (values) => (values.get(PERMANENT) ? permanentLifetime : undefined),
    setPermanent: (values, isPermanent) => values.set(PERMANENT, isPermanent),
  };
}

/**
 * Sessions for TypeScript alone: Flask's format, signed by SHA-256 and under names of their own.
 * @throws {SigningOptionsError}
 */
export function signedSession(options: FlaskSessionOptions): SessionFormat {
  return {
    ...flaskSession({ salt: "portico.session", digest: "sha256", ...options }),
    cookieName: "portico_session",
  };
}
