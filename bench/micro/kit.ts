/** Micro-benchmarks: what one is, and how long it takes beside a loop that never changes. */
import assert from "node:assert/strict";

export interface Benchmark {
  readonly name: string;
  /** Does the work, all of it before it returns. */
  readonly operation: () => unknown;
  /** How many requests or frames it is done for. */
  readonly times: number;
  /** @throws {assert.AssertionError} the work comes to something else than it should */
  readonly verify: () => void;
}

export interface Effort {
  /** Each benchmark has one turn a round; its best one counts, since others only ever take time. */
  readonly rounds: number;
  /** How long a turn is, at least. */
  readonly milliseconds: number;
}

/** Nanoseconds of each part, by its name, and of the reference at the same time. */
export interface Costs {
  readonly reference: number;
  readonly parts: Readonly<Record<string, number>>;
}

export function bench<T>(
  name: string,
  operation: () => T,
  expected: T,
  times: number = 1,
): Benchmark {
  const verify = (): void => assert.deepEqual(operation(), expected, name);
  return { name, operation, times, verify };
}

/** The best of the rounds, in which all take turns with the reference. */
export function measure(benchmarks: readonly Benchmark[], { rounds, milliseconds }: Effort): Costs {
  const contestants = [{ operation: referenceLoop, times: 1 }, ...benchmarks].map((each) => ({
    ...each,
    calls: callsFor(each.operation, milliseconds),
    best: Number.POSITIVE_INFINITY,
  }));
  for (let round = 0; round < rounds; round += 1) {
    for (const each of contestants) {
      const took = turn(each.operation, each.calls) / (each.calls * each.times);
      each.best = Math.min(each.best, took);
    }
  }
  const [reference = Number.NaN, ...bests] = contestants.map(({ best }) => best * 1e6);
  const parts = benchmarks.map(({ name }, at) => [name, bests[at] ?? Number.NaN] as const);
  return { reference, parts: Object.fromEntries(parts) };
}

const PAIRS = Array.from({ length: 12 }, (_, at) => `name-${at}: the value of ${at}`).join("\r\n");

/** Work as a server's is, cutting and joining text, but of no code that anybody would make faster. */
function referenceLoop(): number {
  const values: Record<string, string> = {};
  for (const line of PAIRS.split("\r\n")) {
    const colon = line.indexOf(":");
    values[line.slice(0, colon).toUpperCase()] = line.slice(colon + 2);
  }
  let text = "";
  for (const name in values) text += `${name}\0${values[name]}\0`;
  return Buffer.from(text, "latin1").length;
}

/** Enough for a turn of so many milliseconds; finding it warms the operation up. */
function callsFor(operation: () => unknown, milliseconds: number): number {
  let calls = 1;
  while (turn(operation, calls) < milliseconds) calls *= 2;
  return calls;
}

/** Milliseconds of so many calls. */
function turn(operation: () => unknown, calls: number): number {
  let result: unknown;
  const start = performance.now();
  for (let call = 0; call < calls; call += 1) result = operation();
  const took = performance.now() - start;
  // The result is looked at, lest a compiler find that nobody wants it.
  if (result instanceof Promise) throw new Error("a benchmark's operation left work for later");
  return took;
}
