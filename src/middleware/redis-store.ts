/** Rate limits counted in Redis: for all server workers and machines that ask it. */
import { createHash } from "node:crypto";
import { type Decision, intervalOf, type Quota } from "./gcra.ts";
import type { RateLimitStore } from "./rate-limit-store.ts";

interface ScriptArguments {
  readonly keys: string[];
  readonly arguments: string[];
}

/** What is asked of a connected client; those that `createClient` of the package `redis` makes have it. */
export interface RedisClient {
  eval(script: string, options: ScriptArguments): Promise<unknown>;
  evalSha(sha1: string, options: ScriptArguments): Promise<unknown>;
}

export interface RedisStoreOptions {
  /** Stands before each key; `ratelimit:` if not given. */
  readonly prefix?: string;
  /** Milliseconds that Redis may take to answer; 250 if not given. */
  readonly timeout?: number;
}

/** `decide` of ./gcra.ts, by the clock of Redis, and in one step whoever else asks. */
const SCRIPT = `\
local clock = redis.call("TIME")
local now = clock[1] * 1000000 + clock[2]
local interval, whole = tonumber(ARGV[1]), tonumber(ARGV[2])
local kept = math.max(tonumber(redis.call("GET", KEYS[1]) or now), now)
local allowed = kept + interval - now <= whole
if allowed then
  kept = kept + interval
  redis.call("SET", KEYS[1], string.format("%.0f", kept), "PX", math.ceil((kept - now) / 1000))
end
local left = whole - (kept - now)
local remaining = math.max(0, math.floor(left / interval))
return { allowed and 1 or 0, remaining, math.max(0, interval - left), kept - now }
`;
const SHA1 = createHash("sha1").update(SCRIPT).digest("hex");

/** Redis answered something else than its script says, or not in time. */
export class RedisStoreError extends Error {
  override readonly name: string = "RedisStoreError";
}

/**
 * Counts in Redis 5 or newer. Whoever made the client connects it, listens to its errors and closes it.
 * @example
 * const client = await createClient({ url: "redis://127.0.0.1" }).connect();
 * rateLimit({ limit: 100, window: 60, store: redisStore(client) });
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): RateLimitStore {
  const { prefix = "ratelimit:", timeout = 250 } = options;
  return {
    async take(key, quota: Quota): Promise<Decision> {
      const interval = intervalOf(quota);
      const times = [String(interval), String(interval * quota.limit)];
      const given = { keys: [prefix + key], arguments: times };
      return decisionOf(await inTime(run(client, given), timeout));
    },
  };
}

/** Redis keeps scripts by their digest, until it is restarted. */
async function run(client: RedisClient, given: ScriptArguments): Promise<unknown> {
  try {
    return await client.evalSha(SHA1, given);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
    return client.eval(SCRIPT, given);
  }
}

/** A client without a connection keeps what it is asked until it has one. */
async function inTime<Value>(answer: Promise<Value>, timeout: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new RedisStoreError(`Redis did not answer within ${timeout} ms`)),
      timeout,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** @throws {RedisStoreError} */
function decisionOf(reply: unknown): Decision {
  const numbers = Array.isArray(reply) ? reply.map(Number) : [];
  const [allowed = Number.NaN, remaining = 0, retry = 0, reset = 0] = numbers;
  if (numbers.length !== 4 || !numbers.every(Number.isFinite)) {
    throw new RedisStoreError("Redis answered something else than four numbers");
  }
  return {
    isAllowed: allowed === 1,
    remaining,
    retryAfter: retry / 1e6,
    resetAfter: reset / 1e6,
  };
}
