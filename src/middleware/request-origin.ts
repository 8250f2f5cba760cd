/** Which site a request comes from, as far as its browser says so (Fetch Metadata, RFC 6454). */
import type { Environ } from "../wsgi/types.ts";
import type { OptionJudge } from "./option-error.ts";

/** `unsaid` is a client that is no browser, or one from before 2020. */
export type RequestOrigin = "same" | "trusted" | "other" | "unsaid";

/** Origins that count as this one: `https://app.example`, or `https://*.example.com` for all below. */
export class TrustedOrigins {
  readonly #exact: ReadonlySet<string>;
  readonly #below: readonly (readonly [scheme: string, ending: string])[];

  /** `judge` says it of the option `trustedOrigins` where an entry is no origin. */
  constructor(origins: readonly string[], judge: OptionJudge) {
    const demandedOrigin = (text: string): string => {
      const origin = normalOrigin(text);
      const hint = `has ${JSON.stringify(text)}, and not as https://app.example or https://*.example.com`;
      judge.must(origin === text.toLowerCase(), "trustedOrigins", hint);
      return origin ?? "";
    };
    this.#exact = new Set(origins.filter((origin) => !origin.includes("*")).map(demandedOrigin));
    this.#below = origins
      .filter((origin) => origin.includes("*"))
      .map((origin) => {
        const [scheme = "", host = ""] = demandedOrigin(origin.replace("://*.", "://")).split("//");
        return [`${scheme}//`, `.${host}`];
      });
  }

  has(origin: string): boolean {
    if (this.#exact.has(origin)) return true;
    return this.#below.some(([scheme, end]) => origin.startsWith(scheme) && origin.endsWith(end));
  }
}

/** Judges by what scripts cannot write: `Sec-Fetch-Site` and `Origin`. */
export function requestOrigin(environ: Environ, trusted: TrustedOrigins): RequestOrigin {
  const { HTTP_ORIGIN: origin, HTTP_SEC_FETCH_SITE: site } = environ;
  const from = origin === undefined ? undefined : normalOrigin(origin);
  if (from !== undefined && trusted.has(from)) return "trusted";
  // `none`: the user's own doing, as a reload is.
  if (site !== undefined) return site === "same-origin" || site === "none" ? "same" : "other";
  if (origin === undefined) return "unsaid";
  return from !== undefined && from === ownOrigin(environ) ? "same" : "other";
}

function ownOrigin(environ: Environ): string | undefined {
  const { SERVER_NAME, SERVER_PORT, HTTP_HOST = `${SERVER_NAME}:${SERVER_PORT}` } = environ;
  return normalOrigin(`${environ["wsgi.url_scheme"]}://${HTTP_HOST}`);
}

/** Without the scheme's own port, in lower case; undefined for `null` and what is no origin. */
function normalOrigin(text: string): string | undefined {
  const origin = URL.canParse(text) ? new URL(text).origin : "null";
  return origin === "null" ? undefined : origin;
}
