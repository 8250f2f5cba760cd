/**
 * Which waiting request goes next, so that slow pages do not keep the quick ones waiting.
 *
 * In the order of arrival, a few hundred requests for a slow page would make every other request
 * wait until all of them are done. Here each path that is known to be slow has a lane of its own;
 * all others share one, in the order in which they came. The lane that has had least of the workers'
 * time goes next. (Start-time fair queueing.) Paths that nobody has asked for before are in the
 * shared lane, so that ever new ones get no more than one lane's part.
 */

/** A request that can wait here. */
export interface Waiting {
  readonly path: string;
  /** Who is to be told what it took, once it has been given out. */
  lane: Settled | undefined;
  /** What it was expected to take, in milliseconds. */
  expected: number;
}

interface Settled {
  /** The request took so many milliseconds of a worker. */
  settle(call: Waiting, took: number): void;
}

/** A path of which a request takes longer, in milliseconds, is slow: it waits in no worker before others. */
const QUICK = 3;

/** How much of what is expected comes from the last request alone. */
const NEWEST_SHARE = 0.3;

/** Paths that are remembered for being slow; more of them share the lane of all others. */
const MAX_SLOW_PATHS = 64;

class Lane<Call extends Waiting> implements Settled {
  readonly waiting: Call[] = [];
  readonly #settled: (lane: Lane<Call>, call: Waiting, took: number) => void;
  /** The workers' time that it has had, in milliseconds; idle lanes do not fall behind the others. */
  had = 0;
  /** What one of its requests takes, as far as is known. */
  cost = 1;

  constructor(settled: (lane: Lane<Call>, call: Waiting, took: number) => void) {
    this.#settled = settled;
  }

  /** That of a path which was slow may be, too: under steady load it is never empty, and so it stays. */
  get isQuick(): boolean {
    return this.cost <= QUICK;
  }

  settle(call: Waiting, took: number): void {
    this.#settled(this, call, took);
  }
}

export class FairQueue<Call extends Waiting> {
  readonly #settled = (lane: Lane<Call>, { path, expected }: Waiting, took: number): void => {
    lane.had += took - expected;
    if (lane === this.#shared && took > QUICK) {
      // Both pay for it: the shared lane has had the time, and its own must not begin with the same.
      this.#rememberAsSlow(path, took);
      return;
    }
    lane.cost += (took - lane.cost) * NEWEST_SHARE;
    // A lane that was forgotten while this request ran may have a successor, which is not its to end.
    const isQuickAgain = lane.isQuick && lane.waiting.length === 0;
    if (isQuickAgain && this.#slow.get(path) === lane) this.#slow.delete(path);
  };

  readonly #shared = new Lane<Call>(this.#settled);
  readonly #slow = new Map<string, Lane<Call>>();
  #size = 0;
  /** What the lane that went last had had: what a lane that begins to wait is taken to have had. */
  #level = 0;

  get size(): number {
    return this.#size;
  }

  /** Last in its lane. */
  push(call: Call): void {
    this.#laneFor(call).waiting.push(call);
    this.#size += 1;
  }

  /** First in its lane: it has waited before. */
  unshift(call: Call): void {
    this.#laneFor(call).waiting.unshift(call);
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
    return lane?.isQuick === true ? this.#take(lane) : undefined;
  }

  /** Whether requests for this path are known to be slow. */
  isSlow(path: string): boolean {
    return this.#slow.size > 0 && this.#slow.get(path)?.isQuick === false;
  }

  /** Takes out what `isOver` says has waited too long. */
  takeOver(isOver: (call: Call) => boolean): Call[] {
    const over: Call[] = [];
    for (const { waiting } of [this.#shared, ...this.#slow.values()]) {
      const staying = waiting.filter((call) => !isOver(call));
      if (staying.length === waiting.length) continue;
      over.push(...waiting.filter(isOver));
      waiting.splice(0, waiting.length, ...staying);
    }
    this.#size -= over.length;
    return over;
  }

  #laneFor({ path }: Call): Lane<Call> {
    const lane = this.#slow.get(path) ?? this.#shared;
    if (lane.waiting.length === 0) lane.had = Math.max(lane.had, this.#level);
    return lane;
  }

  #next(): Lane<Call> | undefined {
    if (this.#size === 0) return undefined;
    this.#sortOut();
    let next = this.#shared.waiting.length > 0 ? this.#shared : undefined;
    for (const lane of this.#slow.values()) {
      if (lane.waiting.length > 0 && (next === undefined || lane.had < next.had)) next = lane;
    }
    return next;
  }

  /** What came before its path was known to be slow goes to that path's lane when its turn comes. */
  #sortOut(): void {
    const { waiting } = this.#shared;
    for (
      let call = waiting[0];
      call !== undefined && this.#slow.has(call.path);
      call = waiting[0]
    ) {
      waiting.shift();
      this.#laneFor(call).waiting.push(call);
    }
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

  #rememberAsSlow(path: string, took: number): void {
    if (this.#slow.has(path)) return;
    if (this.#slow.size >= MAX_SLOW_PATHS) this.#forgetIdle();
    if (this.#slow.size >= MAX_SLOW_PATHS) return;
    const lane = new Lane<Call>(this.#settled);
    lane.cost = took;
    lane.had = this.#level + took;
    this.#slow.set(path, lane);
  }

  #forgetIdle(): void {
    for (const [path, lane] of this.#slow) {
      if (lane.waiting.length === 0) this.#slow.delete(path);
    }
  }
}
