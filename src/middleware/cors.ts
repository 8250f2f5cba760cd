/** Cross-Origin Resource Sharing: which pages of other origins may read answers (Fetch standard, §3.2). */
import { listElements } from "../http/fields.ts";
import { HttpError } from "../messages/http-error.ts";
import { HttpResponse } from "../messages/http-response.ts";
import { respond } from "../messages/respond.ts";
import { addToList, setHeader } from "../wsgi/header-list.ts";
import type { Environ, HeaderList, Middleware } from "../wsgi/types.ts";
import { changeHead } from "./change-head.ts";
import { type AllowedOrigins, type OriginTest, originTest } from "./cors-origins.ts";
import { OptionJudge } from "./option-error.ts";

export interface CorsOptions {
  /** Who may read answers: `"*"` for everybody, origins, expressions over them, or a function. */
  readonly origins: AllowedOrigins;
  /** What a page may send beside GET, HEAD and simple POST; those and PUT, PATCH, DELETE if not given. */
  readonly methods?: readonly string[];
  /** Fields that a page may send beside the safe ones; those it asks for if not given. */
  readonly headers?: readonly string[];
  /** Fields that a page may read beside the safe ones; none if not given. */
  readonly exposedHeaders?: readonly string[];
  /** Whether cookies and other credentials may come along; not with `"*"`. */
  readonly credentials?: boolean;
  /** Seconds for which a browser need not ask again; its own choice (5) if not given. */
  readonly maxAge?: number;
  /** Whether pages of public networks may ask a server of a private one. */
  readonly privateNetwork?: boolean;
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** What a preflight's answer depends on; caches and people read it. */
const PREFLIGHT_VARIES = [
  "Access-Control-Request-Method",
  "Access-Control-Request-Headers",
  "Access-Control-Request-Private-Network",
];

interface Policy {
  readonly allows: OriginTest;
  /** Whether every origin gets the same answer. */
  readonly isOpen: boolean;
  readonly methods: readonly string[];
  readonly headers: ReadonlySet<string> | undefined;
  /** What each answer that may be read says beside its origin. */
  readonly onAnswers: HeaderList;
  readonly onPreflights: HeaderList;
  readonly privateNetwork: boolean;
}

/**
 * Answers preflight requests, 204 or 403 with the reason, and says on all other answers who may read
 * them. It protects nothing from clients that are no browsers, and keeps nobody from sending simple requests.
 *
 * @example
 * const application = cors({ origins: ["https://shop.example"], credentials: true })(api);
 *
 * @throws {OptionError} an origin, method or field is none, or credentials are for everybody
 */
export function cors(options: CorsOptions): Middleware {
  const policy = policyOf(options);
  return (application) => {
    const answering = changeHead(application, ({ status, headers }, environ) => {
      allowReading(policy, environ.HTTP_ORIGIN, headers);
      return { status, headers };
    });
    return (environ, startResponse) =>
      isPreflight(environ)
        ? respond(preflight(policy, environ), environ, startResponse)
        : answering(environ, startResponse);
  };
}

function policyOf(options: CorsOptions): Policy {
  const { methods = METHODS, exposedHeaders = [], credentials = false, maxAge } = options;
  const judge = new OptionJudge("cors");
  const isOpen = options.origins === "*";
  judge.must(
    !(isOpen && credentials),
    "credentials",
    'go to no origin of "*" (Fetch standard, §3.2.5): name the origins',
  );
  for (const method of methods) judge.mustBeToken("methods", method);
  for (const name of options.headers ?? []) judge.mustBeToken("headers", name);
  for (const name of exposedHeaders) judge.mustBeToken("exposedHeaders", name);
  if (maxAge !== undefined) judge.mustBeCount("maxAge", maxAge, "seconds");
  const onAnswers: HeaderList = credentials ? [["Access-Control-Allow-Credentials", "true"]] : [];
  const exposed = exposedHeaders.join(", ");
  return {
    allows: originTest(options.origins, judge),
    isOpen,
    methods,
    headers: options.headers && new Set(options.headers.map((name) => name.toLowerCase())),
    onAnswers:
      exposed === "" ? onAnswers : [...onAnswers, ["Access-Control-Expose-Headers", exposed]],
    onPreflights:
      maxAge === undefined ? onAnswers : [...onAnswers, ["Access-Control-Max-Age", String(maxAge)]],
    privateNetwork: options.privateNetwork ?? false,
  };
}

/** Fetch standard, §3.2.2. */
function isPreflight(environ: Environ): boolean {
  return (
    environ.REQUEST_METHOD === "OPTIONS" &&
    environ.HTTP_ORIGIN !== undefined &&
    environ.HTTP_ACCESS_CONTROL_REQUEST_METHOD !== undefined
  );
}

function allowReading(policy: Policy, origin: string | undefined, headers: HeaderList): void {
  // A cache must not give one origin's answer to another, nor to a page of this one.
  if (!policy.isOpen) addToList(headers, "Vary", "Origin");
  const isAllowed = policy.isOpen || (origin !== undefined && policy.allows(origin));
  if (!isAllowed) return;
  setHeader(headers, "Access-Control-Allow-Origin", policy.isOpen ? "*" : (origin ?? ""));
  for (const [name, value] of policy.onAnswers) setHeader(headers, name, value);
}

function preflight(policy: Policy, environ: Environ): HttpResponse {
  const refusal = refusalOf(policy, environ);
  const response =
    refusal === undefined
      ? new HttpResponse(null, { status: 204 })
      : new HttpError(403, `CORS: ${refusal}`).response();
  const { headers } = response;
  if (!policy.isOpen) addToList(headers, "Vary", "Origin");
  for (const name of PREFLIGHT_VARIES) addToList(headers, "Vary", name);
  if (refusal !== undefined) return response;
  const origin = policy.isOpen ? "*" : (environ.HTTP_ORIGIN ?? "");
  headers.push(["Access-Control-Allow-Origin", origin], ...policy.onPreflights);
  headers.push(["Access-Control-Allow-Methods", policy.methods.join(", ")]);
  const fields = [...(policy.headers ?? requestedFields(environ))].join(", ");
  if (fields !== "") headers.push(["Access-Control-Allow-Headers", fields]);
  if (asksPrivateNetwork(environ)) headers.push(["Access-Control-Allow-Private-Network", "true"]);
  return response;
}

/** What is not allowed, in words for the developer who looks at the refused request. */
function refusalOf(policy: Policy, environ: Environ): string | undefined {
  const origin = environ.HTTP_ORIGIN ?? "";
  if (!policy.allows(origin)) return `the origin ${origin} is not allowed`;
  const method = environ.HTTP_ACCESS_CONTROL_REQUEST_METHOD ?? "";
  if (!policy.methods.includes(method)) return `the method ${method} is not allowed`;
  const refused = requestedFields(environ).find((name) => policy.headers?.has(name) === false);
  if (refused !== undefined) return `the field ${refused} is not allowed`;
  const isRefused = asksPrivateNetwork(environ) && !policy.privateNetwork;
  return isRefused ? "pages of public networks are not allowed" : undefined;
}

function requestedFields({ HTTP_ACCESS_CONTROL_REQUEST_HEADERS: names = "" }: Environ): string[] {
  return listElements(names);
}

function asksPrivateNetwork(environ: Environ): boolean {
  return environ.HTTP_ACCESS_CONTROL_REQUEST_PRIVATE_NETWORK === "true";
}
