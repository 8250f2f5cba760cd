/**
 * The requests that a worker has, by the numbers of their streams, which only grow.
 *
 * Two arrays in place of a Map: a Map that entries come to and go from for ever makes a new table
 * each few entries, and each old table keeps the next one and all requests in it alive until the
 * whole heap is collected. The oldest request is nearly always the one that is looked for.
 */

/** `get` and `take` look from the oldest on: what a worker has is little, and mostly in order. */
export class OpenCalls<Call> {
  #streamIds: number[] = [];
  #calls: Call[] = [];

  get size(): number {
    return this.#calls.length;
  }

  get oldest(): Call | undefined {
    return this.#calls[0];
  }

  /** `streamId` is higher than all before. */
  add(streamId: number, call: Call): void {
    this.#streamIds.push(streamId);
    this.#calls.push(call);
  }

  has(streamId: number): boolean {
    return this.#streamIds.includes(streamId);
  }

  get(streamId: number): Call | undefined {
    return this.#calls[this.#streamIds.indexOf(streamId)];
  }

  /** The request, which is here no longer. */
  take(streamId: number): Call | undefined {
    const index = this.#streamIds.indexOf(streamId);
    if (index === -1) return undefined;
    const call = this.#calls[index];
    this.#streamIds.splice(index, 1);
    this.#calls.splice(index, 1);
    return call;
  }

  takeAll(): (readonly [streamId: number, call: Call])[] {
    const all = this.entries();
    this.#streamIds = [];
    this.#calls = [];
    return all;
  }

  /** As they are now: what is added or taken meanwhile changes nothing in it. */
  entries(): (readonly [streamId: number, call: Call])[] {
    return this.#calls.map((call, index) => [this.#streamIds[index] ?? 0, call] as const);
  }
}
