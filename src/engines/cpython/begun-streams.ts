/** Which of its streams a worker has begun, and whether it may begin more. */
import type { Marker } from "./begun-marker.ts";
import type { Bridge } from "./python-process.ts";

interface Sorted<Call> {
  readonly begun: readonly Call[];
  readonly notBegun: readonly Call[];
}

export class BegunStreams {
  /** None before the worker has come up to here: it has begun nothing. */
  #marker: Marker | undefined;
  /** The last stream that it is known to have begun. */
  #last = 0;
  #isOver = false;
  /** Whether it may begin nothing beyond what it had begun when this was set. */
  isLimited = false;

  constructor(bridge: Promise<Bridge | undefined>) {
    void bridge.then((there) => {
      this.#marker = there?.marker;
    });
  }

  has(streamId: number): boolean {
    if (streamId > this.#last && !this.#isOver) this.#last = this.#read();
    return streamId <= this.#last;
  }

  limit(): void {
    this.isLimited = true;
    this.#marker?.limit(this.#read());
  }

  lift(): void {
    this.isLimited = false;
    this.#marker?.limit();
  }

  sort<Call>(calls: readonly (readonly [streamId: number, call: Call])[]): Sorted<Call> {
    return {
      begun: calls.filter(([streamId]) => this.has(streamId)).map(([, call]) => call),
      notBegun: calls.filter(([streamId]) => !this.has(streamId)).map(([, call]) => call),
    };
  }

  /** The worker is gone: what it has begun by now is all. */
  close(): void {
    this.#last = this.#read();
    this.#isOver = true;
    this.#marker?.close();
  }

  #read(): number {
    return this.#marker?.read() ?? 0;
  }
}
