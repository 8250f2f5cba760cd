/** One input, under one set of limits, before all oracles. */
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "../../src/http/limits.ts";
import { type Observed, observe } from "./observed.ts";
import { ORACLES, type Subject } from "./oracles.ts";
import type { Random } from "./random.ts";
import type { Meant } from "./request-grammar.ts";

/** A limit's name is what a reported input says. */
export type LimitsName = "default" | "small";

export const LIMITS: Readonly<Record<LimitsName, HttpLimits>> = {
  default: DEFAULT_HTTP_LIMITS,
  /** So near that an ordinary request meets them, and still with room for a second one. */
  small: {
    maxRequestLineBytes: 64,
    maxFieldBytes: 48,
    maxFields: 6,
    maxHeadBytes: 128,
    maxBodyBytes: 64,
    maxChunkLineBytes: 32,
  },
};

export interface Input {
  readonly text: string;
  readonly limits: LimitsName;
  /** Requests that leave a connection idle, to stand before these bytes. */
  readonly before: string;
}

export interface Failure {
  /** The promise that was broken, or `read` if something other than a refusal was thrown. */
  readonly oracle: string;
  readonly error: unknown;
}

export interface Verdict {
  readonly observed: Observed | undefined;
  readonly failure: Failure | undefined;
}

export interface JudgeOptions {
  readonly random: Random;
  readonly cuts: Subject["cuts"];
  readonly meant?: readonly Meant[] | undefined;
}

/** Never throws: whatever goes wrong is the input's failure. */
export function judge(input: Input, { random, cuts, meant }: JudgeOptions): Verdict {
  const limits = LIMITS[input.limits];
  const { text, before } = input;
  const bytes = Buffer.from(text, "latin1");
  let observed: Observed | undefined;
  let oracle = "read";
  try {
    observed = observe([bytes], limits);
    const subject = { text, bytes, limits, whole: observed, before, meant, cuts, random };
    for (const [name, holds] of Object.entries(ORACLES)) {
      oracle = name;
      holds(subject);
    }
    return { observed, failure: undefined };
  } catch (error) {
    return { observed, failure: { oracle, error } };
  }
}
