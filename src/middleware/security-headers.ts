/** Fields that make browsers keep to what a site needs: safe values, each of which may be off. */
import { randomBytes } from "node:crypto";
import { headerValue } from "../wsgi/header-list.ts";
import type { Environ, HeaderList, Middleware } from "../wsgi/types.ts";
import { changeHead } from "./change-head.ts";
import { type ContentSecurityPolicy, PolicyText } from "./content-security-policy.ts";
import { OptionJudge } from "./option-error.ts";

export interface StrictTransport {
  /** Seconds for which a browser asks this host by https alone; a year if not given. */
  readonly maxAge?: number;
  /** Whether that goes for all names below the host's, too. */
  readonly includeSubDomains?: boolean;
  /** Whether browsers may ship with the host in their lists: hard to take back. */
  readonly preload?: boolean;
}

/** `false` leaves a field out; what the application says itself always stays. */
export interface SecurityHeadersOptions {
  /** Strict-Transport-Security, in answers over https alone; `{ maxAge: 31536000 }` if not given. */
  readonly strictTransport?: StrictTransport | false;
  /** X-Content-Type-Options: nosniff. */
  readonly contentTypeOptions?: false;
  /** Who may show pages in frames: frame-ancestors, and X-Frame-Options where that can say it; `'self'`. */
  readonly frameAncestors?: string | false;
  /** Referrer-Policy; `same-origin` if not given. */
  readonly referrerPolicy?: string | false;
  /** Cross-Origin-Opener-Policy; `same-origin` if not given. */
  readonly crossOriginOpener?: string | false;
  /** Cross-Origin-Resource-Policy; `same-origin` if not given. */
  readonly crossOriginResource?: string | false;
  /** Permissions-Policy, as `camera=(), microphone=()`; none if not given. */
  readonly permissionsPolicy?: string;
  /** Beside `frameAncestors`; none if not given. The source `'nonce'` is `environ["portico.csp_nonce"]`. */
  readonly contentSecurityPolicy?: ContentSecurityPolicy;
  /** Whether that policy is reported on, and not kept. */
  readonly reportOnly?: boolean;
}

const ONE_YEAR = 31_536_000;
/** CSP §2.3.1 wants 128 bits at least. */
const NONCE_BYTES = 16;

const FRAME_OPTIONS: Readonly<Record<string, string>> = {
  "'self'": "SAMEORIGIN",
  "'none'": "DENY",
};

/**
 * Adds to each answer what the application does not say itself. The nonce of a policy stands in
 * `environ["portico.csp_nonce"]`, for applications of both languages.
 *
 * @example
 * const application = securityHeaders({
 *   contentSecurityPolicy: { "default-src": "'self'", "script-src": "'nonce'" },
 * })(pages);
 *
 * @throws {OptionError} a value cannot stand in its field
 */
export function securityHeaders(options: SecurityHeadersOptions = {}): Middleware {
  const judge = new OptionJudge("securityHeaders");
  const plain = plainFields(options, judge);
  const transport = transportField(options.strictTransport ?? {}, judge);
  const policies = policiesOf(options, judge);
  const hasNonce = policies.some(({ text }) => text.hasNonce);
  return (application) => {
    const answering = changeHead(application, ({ status, headers }, environ) => {
      const added = environ["wsgi.url_scheme"] === "https" ? [...plain, ...transport] : [...plain];
      const nonce = environ["portico.csp_nonce"];
      for (const { name, text } of policies) {
        // A 304 would give a stored page the nonce of an answer that it is not (RFC 9111 §3.2).
        if (text.hasNonce && status.startsWith("304")) continue;
        added.push([name, text.with(String(nonce))]);
      }
      const missing = added.filter(([name]) => headerValue(headers, name) === undefined);
      return { status, headers: [...headers, ...missing] };
    });
    return (environ, startResponse) => {
      if (hasNonce) setNonce(environ);
      return answering(environ, startResponse);
    };
  };
}

/** Not in a copy: the answer's head is made of the same environ. */
function setNonce(environ: Environ): void {
  environ["portico.csp_nonce"] ??= randomBytes(NONCE_BYTES).toString("base64");
}

function plainFields(options: SecurityHeadersOptions, judge: OptionJudge): HeaderList {
  const { frameAncestors = "'self'", contentTypeOptions } = options;
  const frameOptions = frameAncestors === false ? undefined : FRAME_OPTIONS[frameAncestors];
  const values: readonly (readonly [option: string, name: string, value: string | false])[] = [
    ["contentTypeOptions", "X-Content-Type-Options", contentTypeOptions ?? "nosniff"],
    ["frameAncestors", "X-Frame-Options", frameOptions ?? false],
    ["referrerPolicy", "Referrer-Policy", options.referrerPolicy ?? "same-origin"],
    ["crossOriginOpener", "Cross-Origin-Opener-Policy", options.crossOriginOpener ?? "same-origin"],
    [
      "crossOriginResource",
      "Cross-Origin-Resource-Policy",
      options.crossOriginResource ?? "same-origin",
    ],
    ["permissionsPolicy", "Permissions-Policy", options.permissionsPolicy ?? false],
  ];
  return values.flatMap(([option, name, value]) => {
    if (value === false) return [];
    judge.must(
      /^[!-~][ -~]*$/.test(value),
      option,
      `is ${JSON.stringify(value)}, not visible ASCII`,
    );
    return [[name, value] satisfies [string, string]];
  });
}

function transportField(transport: StrictTransport | false, judge: OptionJudge): HeaderList {
  if (transport === false) return [];
  const { maxAge = ONE_YEAR, includeSubDomains = false, preload = false } = transport;
  judge.mustBeCount("strictTransport.maxAge", maxAge, "seconds");
  // What hstspreload.org asks of a host in the list.
  judge.must(
    !preload || (includeSubDomains && maxAge >= ONE_YEAR),
    "strictTransport.preload",
    `needs includeSubDomains, and a maxAge of ${ONE_YEAR} at least`,
  );
  const parts = [`max-age=${maxAge}`];
  if (includeSubDomains) parts.push("includeSubDomains");
  if (preload) parts.push("preload");
  return [["Strict-Transport-Security", parts.join("; ")]];
}

interface PolicyField {
  readonly name: string;
  readonly text: PolicyText;
}

/** What is only reported on does not keep anybody from framing, and so has a field of its own. */
function policiesOf(options: SecurityHeadersOptions, judge: OptionJudge): readonly PolicyField[] {
  const { frameAncestors = "'self'", contentSecurityPolicy, reportOnly = false } = options;
  const framing: ContentSecurityPolicy =
    frameAncestors === false ? {} : { "frame-ancestors": frameAncestors };
  const kept = reportOnly ? framing : { ...framing, ...contentSecurityPolicy };
  const fields: readonly (readonly [string, ContentSecurityPolicy])[] = [
    ["Content-Security-Policy", kept],
    ["Content-Security-Policy-Report-Only", reportOnly ? (contentSecurityPolicy ?? {}) : {}],
  ];
  return fields.flatMap(([name, policy]) =>
    Object.keys(policy).length === 0 ? [] : [{ name, text: new PolicyText(policy, judge) }],
  );
}
