/**
 * Which waiting request goes next: workers' time is shared among what is asked for, path by path.
 *
 * In the order of arrival, a few hundred requests for a slow page would keep every other request
 * waiting until all of them are done. Here each path has a lane, and the lane that has had least of
 * the workers' time goes next; within a lane the first comes first. (Start-time fair queueing, by
 * the time that each request is found to take.)
 */

/** What is expected to take no longer, in milliseconds, may wait in a worker before others. */
const QUICK = 3;

/** Expected of a request of which nothing is known yet, in milliseconds. */
const UNKNOWN_COST = 1;

/** How much of what is expected comes from the last request alone. */
const NEWEST_SHARE = 0.3;

/** Lanes without waiting requests that are remembered for what they owe. */
const MAX_IDLE_LANES = 64;

/** A request that can wait here. */
export interface Waiting {
  /** Who is to be told what it took, once it has been given out. */
  lane: { settle(expected: number, took: number): void } | undefined;
  /** What it was expected to take, in milliseconds. */
  expected: number;
}

/** How many lanes are known to be slow: as long as there is none, no request is asked for its lane. */
interface Tally {
  slow: number;
}

class Lane<Call> {
  readonly waiting: Call[] = [];
  readonly #tally: Tally;
  /** The workers' time that it has had, in milliseconds; idle lanes do not fall behind the others. */
  had: number;
  /** What one of its requests takes, as far as is known. */
  cost = UNKNOWN_COST;

  constructor(had: number, tally: Tally) {
    this.had = had;
    this.#tally = tally;
  }

  get isSlow(): boolean {
    return this.cost > QUICK;
  }

  /** One of its requests was expected to take so many milliseconds of a worker, and took so many. */
  settle(expected: number, took: number): void {
    const wasSlow = this.isSlow;
    this.had += took - expected;
    this.cost += (took - this.cost) * NEWEST_SHARE;
    if (wasSlow !== this.isSlow) this.#tally.slow += wasSlow ? -1 : 1;
  }

  /** Nobody waits in it, and it is not remembered. */
  forget(): void {
    if (this.isSlow) this.#tally.slow -= 1;
    this.cost = UNKNOWN_COST;
  }
}

export class FairQueue<Call extends Waiting> {
  readonly #lanes = new Map<string, Lane<Call>>();
  readonly #tally: Tally = { slow: 0 };
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

  /** The request whose turn it is. */
  shift(): Call | undefined {
    const lane = this.#next();
    return lane === undefined ? undefined : this.#take(lane);
  }

  /** The same, unless it is known to be slow. */
  shiftQuick(): Call | undefined {
    const lane = this.#next();
    return lane === undefined || lane.isSlow ? undefined : this.#take(lane);
  }

  /** Whether requests for this path are known to be slow. */
  isSlow(path: string): boolean {
    return this.#tally.slow > 0 && this.#lanes.get(path)?.isSlow === true;
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

  #next(): Lane<Call> | undefined {
    if (this.#size === 0) return undefined;
    let next: Lane<Call> | undefined;
    for (const lane of this.#lanes.values()) {
      if (lane.waiting.length > 0 && (next === undefined || lane.had < next.had)) next = lane;
    }
    return next;
  }

  #take(lane: Lane<Call>): Call | undefined {
    const call = lane.waiting.shift();
    if (call === undefined) return undefined;
    this.#size -= 1;
    this.#level = lane.had;
    lane.had += lane.cost;
    call.lane = lane;
    call.expected = lane.cost;
    return call;
  }

  #laneOf(path: string): Lane<Call> {
    const known = this.#lanes.get(path);
    if (known !== undefined) {
      if (known.waiting.length === 0) known.had = Math.max(known.had, this.#level);
      return known;
    }
    if (this.#lanes.size >= MAX_IDLE_LANES) this.#forgetIdle();
    const lane = new Lane<Call>(this.#level, this.#tally);
    this.#lanes.set(path, lane);
    return lane;
  }

  #forgetIdle(): void {
    for (const [path, lane] of this.#lanes) {
      if (lane.waiting.length > 0) continue;
      lane.forget();
      this.#lanes.delete(path);
    }
  }
}
