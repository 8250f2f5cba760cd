/**
 * Which waiting request goes next: workers' time is shared among what is asked for, path by path.
 *
 * In the order of arrival, a few hundred requests for a slow page would keep every other request
 * waiting until all of them are done. Here each path has a lane, and the lane that has had least of
 * the workers' time goes next; within a lane the first comes first. (Start-time fair queueing, by
 * the time that each request is found to take.)
 */

/** Expected of a request of which nothing is known yet, in milliseconds. */
const UNKNOWN_COST = 1;

/** How much of what is expected comes from the last request alone. */
const NEWEST_SHARE = 0.3;

/** Lanes without waiting requests that are remembered for what they owe. */
const MAX_IDLE_LANES = 64;

class Lane<Call> {
  readonly waiting: Call[] = [];
  /** The workers' time that it has had, in milliseconds; idle lanes do not fall behind the others. */
  had: number;
  /** What one of its requests takes, as far as is known. */
  cost = UNKNOWN_COST;

  constructor(had: number) {
    this.had = had;
  }

  /** Charges what the next request is expected to take; the function returned, what it took. */
  charge(): (took: number) => void {
    const expected = this.cost;
    this.had += expected;
    return (took) => {
      this.had += took - expected;
      this.cost += (took - this.cost) * NEWEST_SHARE;
    };
  }
}

/** A request whose turn has come; `settle` is to be told how many milliseconds of a worker it took. */
export interface Turn<Call> {
  readonly call: Call;
  readonly settle: (took: number) => void;
}

export class FairQueue<Call> {
  readonly #lanes = new Map<string, Lane<Call>>();
  #size = 0;
  /** How much the lane that went last had had: what a lane that begins to wait is taken to have had. */
  #level = 0;

  get size(): number {
    return this.#size;
  }

  /** Last in its lane. */
  push(call: Call, path: string): void {
    this.#laneOf(path).waiting.push(call);
    this.#size += 1;
  }

  /** First in its lane: it has waited before. */
  unshift(call: Call, path: string): void {
    this.#laneOf(path).waiting.unshift(call);
    this.#size += 1;
  }

  /** The request whose turn it is; none if that is expected to take more than `most` milliseconds. */
  shift(most: number = Number.POSITIVE_INFINITY): Turn<Call> | undefined {
    let next: Lane<Call> | undefined;
    for (const lane of this.#lanes.values()) {
      if (lane.waiting.length > 0 && (next === undefined || lane.had < next.had)) next = lane;
    }
    if (next === undefined || next.cost > most) return undefined;
    const call = next.waiting.shift();
    if (call === undefined) return undefined;
    this.#size -= 1;
    this.#level = next.had;
    return { call, settle: next.charge() };
  }

  /** What a request for this path is expected to take, in milliseconds. */
  costOf(path: string): number {
    return this.#lanes.get(path)?.cost ?? UNKNOWN_COST;
  }

  /** Takes out what `isOver` says has waited too long. */
  takeOver(isOver: (call: Call) => boolean): Call[] {
    const over: Call[] = [];
    for (const lane of this.#lanes.values()) {
      const staying = lane.waiting.filter((call) => !isOver(call));
      if (staying.length === lane.waiting.length) continue;
      over.push(...lane.waiting.filter(isOver));
      lane.waiting.splice(0, lane.waiting.length, ...staying);
    }
    this.#size -= over.length;
    return over;
  }

  #laneOf(path: string): Lane<Call> {
    const known = this.#lanes.get(path);
    if (known !== undefined) {
      if (known.waiting.length === 0) known.had = Math.max(known.had, this.#level);
      return known;
    }
    if (this.#lanes.size >= MAX_IDLE_LANES) this.#forgetIdle();
    const lane = new Lane<Call>(this.#level);
    this.#lanes.set(path, lane);
    return lane;
  }

  #forgetIdle(): void {
    for (const [path, lane] of this.#lanes) {
      if (lane.waiting.length === 0) this.#lanes.delete(path);
    }
  }
}
