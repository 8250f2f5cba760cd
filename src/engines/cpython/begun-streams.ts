/** Which of its streams a worker has begun, and whether it may begin more. */
import type { BegunMarker } from "./begun-marker.ts";

interface Sorted<Call> {
  readonly begun: readonly Call[];
  readonly notBegun: readonly Call[];
}

export class BegunStreams {
  readonly #marker: BegunMarker;
  /** The last stream that it is known to have begun. */
  #last = 0;
  #isOver = false;
  /** Whether it may begin nothing beyond what it had begun when this was set. */
  isLimited = false;

  constructor(marker: BegunMarker) {
    this.#marker = marker;
  }

  has(streamId: number): boolean {
    if (streamId > this.#last && !this.#isOver) this.#last = this.#marker.read();
    return streamId <= this.#last;
  }

  limit(): void {
    this.isLimited = true;
    this.#marker.limit(this.#marker.read());
  }

  lift(): void {
    this.isLimited = false;
    this.#marker.limit();
  }

  sort<Call>(calls: readonly (readonly [streamId: number, call: Call])[]): Sorted<Call> {
    return {
      begun: calls.filter(([streamId]) => this.has(streamId)).map(([, call]) => call),
      notBegun: calls.filter(([streamId]) => !this.has(streamId)).map(([, call]) => call),
    };
  }

  /** The worker is gone: what it has begun by now is all. */
  close(): void {
    this.#last = this.#marker.read();
    this.#isOver = true;
    this.#marker.close();
  }
}
