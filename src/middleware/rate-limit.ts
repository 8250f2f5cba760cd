/** Answers 429 to who asks too often, and tells everybody what is left to them. */

import { createHash } from "node:crypto";
import { isIpv4, parseIpAddress, showIpAddress } from "../http/ip-address.ts";
import { responseOfError } from "../messages/answer.ts";
import { HttpError } from "../messages/http-error.ts";
import { respond } from "../messages/respond.ts";
import type { Application, Environ, Middleware } from "../wsgi/types.ts";
import { type Decision, MOST_PER_SECOND, type Quota } from "./gcra.ts";
import { OptionJudge } from "./option-error.ts";
import { memoryStore, type RateLimitStore } from "./rate-limit-store.ts";
import type { Returned } from "./wrapped-body.ts";

export interface RateLimitOptions extends Quota {
  /**
   * Whose limit a request counts for; undefined for nobody's. The client's address if not given, of
   * IPv6 the first 64 bits, which one customer has.
   */
  readonly key?: (environ: Environ) => string | undefined;
  /** The name of the limit, in keys and fields; `default` if not given. Two limits have two names. */
  readonly name?: string;
  /** `memoryStore()` if not given. */
  readonly store?: RateLimitStore;
  /**
   * What becomes of requests while the store fails: `open` lets them in, `closed` answers 503; `open`
   * if not given.
   */
  readonly whenStoreFails?: "open" | "closed";
}

/**
 * Lets each key make `limit` requests in a `window` of seconds that slides (GCRA). Answers say so in
 * `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10), refusals in
 * `Retry-After`, too.
 * @throws {OptionError}
 * @example
 * export default rateLimit({ limit: 100, window: 60 })(application);
 */
export function rateLimit(options: RateLimitOptions): Middleware {
  const { key = clientAddress, whenStoreFails = "open" } = options;
  const take = takerOf(options);
  // An outage is one line in the log, not one for each request.
  let isFailing = false;
  return (application) => (environ, startResponse) => {
    const who = key(environ);
    if (who === undefined) return application(environ, startResponse);
    const answer = ({ decision, fields }: Taken): Returned => {
      isFailing = false;
      return (decision.isAllowed ? application : TOO_MANY)(environ, (status, headers, excInfo) =>
        startResponse(status, [...headers, ...fields], excInfo),
      );
    };
    const fail = (error: unknown): Returned => {
      const message = `rateLimit: the store fails: ${String(error)}\n`;
      if (!isFailing) environ["wsgi.errors"].write(message);
      isFailing = true;
      return (whenStoreFails === "open" ? application : UNAVAILABLE)(environ, startResponse);
    };
    let taken: Taken | Promise<Taken>;
    try {
      taken = take(who);
    } catch (error) {
      return fail(error);
    }
    // What the application rejects with is not the store's failure.
    return taken instanceof Promise ? taken.then(answer, fail) : answer(taken);
  };
}

interface Taken {
  readonly decision: Decision;
  readonly fields: readonly [name: string, value: string][];
}

/** Counts a request of a key. */
type Take = (key: string) => Taken | Promise<Taken>;

/** @throws {OptionError} */
function takerOf({
  limit,
  window,
  name = "default",
  store = memoryStore(),
}: RateLimitOptions): Take {
  demandUsable(limit, window, name);
  const policy = `"${name}";q=${limit};w=${Math.ceil(window)}`;
  const tell = (decision: Decision): Taken => {
    const { isAllowed, remaining, retryAfter, resetAfter } = decision;
    const left = `"${name}";r=${remaining};t=${Math.ceil(resetAfter)}`;
    const later: Taken["fields"] = [["Retry-After", String(Math.max(1, Math.ceil(retryAfter)))]];
    const fields: Taken["fields"] = [
      ["RateLimit-Policy", policy],
      ["RateLimit", left],
    ];
    return { decision, fields: isAllowed ? fields : [...later, ...fields] };
  };
  return (key) => {
    const decision = store.take(`${name}:${bounded(key)}`, { limit, window });
    return decision instanceof Promise ? decision.then(tell) : tell(decision);
  };
}

/** @throws {OptionError} */
function demandUsable(limit: number, window: number, name: string): void {
  const judge = new OptionJudge("rateLimit");
  const isWindow = window > 0 && window <= MAX_WINDOW;
  judge.must(isWindow, "window", `is ${window}, not within 0 and ${MAX_WINDOW} seconds`);
  const isLimit = Number.isSafeInteger(limit) && limit > 0;
  judge.must(isLimit, "limit", `is ${limit}, no whole number above 0`);
  const isSlow = limit <= window * MOST_PER_SECOND;
  judge.must(isSlow, "limit", `is ${limit}, more than ${MOST_PER_SECOND} a second`);
  judge.must(/^[ !#-[\]-~]+$/.test(name), "name", "is empty, or has a quote, or is not ASCII");
}

/** A key that a client can make long takes no more room than another. */
function bounded(key: string): string {
  return key.length > 64 ? createHash("sha256").update(key).digest("base64url") : key;
}

/** A month, in seconds: what an operator would call a quota is for a database. */
const MAX_WINDOW = 2_678_400;

const TOO_MANY = answering(new HttpError(429));
const UNAVAILABLE = answering(new HttpError(503, undefined, { retryAfter: 5 }));

function answering(error: HttpError): Application {
  return (environ, startResponse) =>
    respond(responseOfError(error, environ), environ, startResponse);
}

/**
 * Of IPv6 the first four groups, which one customer is given at least (RFC 6177 §2). A Unix socket has
 * no addresses: all who come through it are one.
 */
export function clientAddress(environ: Environ): string {
  const address = parseIpAddress(environ.REMOTE_ADDR ?? "");
  if (address === undefined) return environ.REMOTE_ADDR ?? "";
  if (isIpv4(address)) return showIpAddress(address);
  return `${showIpAddress([...address.slice(0, 4), 0, 0, 0, 0])}/64`;
}
