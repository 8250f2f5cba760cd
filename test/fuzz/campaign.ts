/** Makes inputs, judges them, and keeps those that went a new way to make further ones of. */
import { type Failure, type Input, judge, LIMITS, type LimitsName, type Verdict } from "./judge.ts";
import { mutate } from "./mutations.ts";
import type { Random } from "./random.ts";
import { type Meant, makePipeline } from "./request-grammar.ts";
import { MAX_SEED_BYTES } from "./seeds.ts";
import { signatureOf } from "./signature.ts";

/** Beyond this a kept input takes the place of another. */
const MAX_KEPT_INPUTS = 8192;
/** Inputs that leave a connection idle, which others can follow. */
const MAX_FIRST_REQUESTS = 512;
/** What comes after so many new ways is hardly worth the memory. */
const MAX_WAYS = 500_000;
const MOST_MUTATIONS = 4;
/** Cutting an input at every byte costs as much as fifty others. */
const MANY_CUTS_ONE_IN = 12;

export interface FoundFailure extends Failure {
  readonly input: Input;
  readonly meant: readonly Meant[] | undefined;
}

interface Made {
  readonly input: Input;
  readonly meant: readonly Meant[] | undefined;
}

export class Campaign {
  readonly #random: Random;
  readonly #begins: (input: Input) => void;
  readonly #kept: string[];
  readonly #firstRequests: Readonly<Record<LimitsName, string[]>> = { default: [""], small: [""] };
  readonly #signatures = new Set<string>();
  readonly #outcomes = new Map<string, number>();
  #judged = 0;

  /** `begins` is told of each input before it is judged. */
  constructor(random: Random, seeds: readonly string[], begins: (input: Input) => void) {
    this.#random = random;
    this.#begins = begins;
    this.#kept = seeds.length > 0 ? [...seeds] : [""];
  }

  /** How many inputs were judged. */
  get judged(): number {
    return this.#judged;
  }

  /** How many ways through the reader were seen. */
  get ways(): number {
    return this.#signatures.size;
  }

  /** How often each outcome came, the most frequent one first. */
  get outcomes(): readonly (readonly [outcome: string, count: number])[] {
    return [...this.#outcomes].sort(([, one], [, other]) => other - one);
  }

  /** Judges one more input. */
  next(): FoundFailure | undefined {
    const { input, meant } = this.#make();
    this.#begins(input);
    const isShort = input.text.length <= MAX_SEED_BYTES;
    const cuts = isShort && this.#random.oneIn(MANY_CUTS_ONE_IN) ? "many" : "few";
    const verdict = judge(input, { random: this.#random, cuts, meant });
    this.#judged += 1;
    this.#learn(input, verdict);
    return verdict.failure === undefined ? undefined : { ...verdict.failure, input, meant };
  }

  #make(): Made {
    const random = this.#random;
    const limits = random.oneIn(3) ? "small" : "default";
    const before = random.oneIn(4) ? random.pick(this.#firstRequests[limits]) : "";
    if (random.oneIn(5)) {
      const { text, meant } = makePipeline(random, random.oneIn(2) ? "no-faults" : "faults");
      // What is good may still be too long for small limits, alone or behind another.
      return {
        input: { text, limits, before: "" },
        meant: limits === "default" ? meant : undefined,
      };
    }
    let text = this.#startingText(limits);
    const other = random.pick(this.#kept);
    const mutations = random.oneIn(2) ? 1 : 1 + random.below(MOST_MUTATIONS);
    for (let left = mutations; left > 0; left -= 1) {
      text = mutate(text, { random, limits: LIMITS[limits], other });
    }
    return { input: { text, limits, before }, meant: undefined };
  }

  /** Half of what is changed was accepted: most changes of what was refused are refused as before. */
  #startingText(limits: LimitsName): string {
    const random = this.#random;
    if (random.oneIn(2)) return random.pick(this.#firstRequests[limits]);
    return random.oneIn(4) ? makePipeline(random, "no-faults").text : random.pick(this.#kept);
  }

  #learn({ text, limits }: Input, { observed }: Verdict): void {
    if (observed === undefined) return;
    this.#outcomes.set(observed.end, (this.#outcomes.get(observed.end) ?? 0) + 1);
    const signature = `${limits} ${signatureOf(observed)}`;
    if (this.#signatures.has(signature) || this.#signatures.size === MAX_WAYS) return;
    this.#signatures.add(signature);
    if (text.length > MAX_SEED_BYTES) return;
    this.#keep(this.#kept, text, MAX_KEPT_INPUTS);
    // The empty line that may stand before a request is spent if this text ends in one.
    const isFirst = observed.end === "idle" && !text.endsWith("\r\n\r\n\r\n");
    if (isFirst) this.#keep(this.#firstRequests[limits], text, MAX_FIRST_REQUESTS);
  }

  #keep(list: string[], text: string, limit: number): void {
    // A copy: a part of a longer text would keep all of that alive.
    const copy = Buffer.from(text, "latin1").toString("latin1");
    if (list.length < limit) list.push(copy);
    else list[this.#random.below(limit)] = copy;
  }
}
