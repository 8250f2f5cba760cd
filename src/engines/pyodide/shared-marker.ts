/** What a thread and its gateway see of one another at once: the begun marker in shared memory. */
import type { Marker } from "../cpython/begun-marker.ts";

const BEGUN = 0;
const LIMIT = 1;
const NO_LIMIT = 0xffff_ffff;

/** Two numbers: the stream begun last, and the last that may be begun. */
export const SHARED_MARKER_BYTES = 8;

export class SharedMarker implements Marker {
  readonly memory: SharedArrayBuffer = new SharedArrayBuffer(SHARED_MARKER_BYTES);
  readonly #numbers = new Uint32Array(this.memory);

  constructor() {
    this.limit();
  }

  read(): number {
    return Atomics.load(this.#numbers, BEGUN);
  }

  limit(streamId: number = NO_LIMIT): void {
    Atomics.store(this.#numbers, LIMIT, streamId);
  }

  /** Stacks cross as frames: where nothing runs but the interpreter, no other code can write them. */
  readStacks(): string {
    return "";
  }

  close(): void {}
}

/** The same memory as the thread sees it. */
export class MarkerView {
  readonly #numbers: Uint32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#numbers = new Uint32Array(memory);
  }

  begin(streamId: number): void {
    Atomics.store(this.#numbers, BEGUN, streamId);
  }

  /** A byte as the file of a process has it: two numbers, each with its highest byte first. */
  byteAt(at: number): number {
    const number = Atomics.load(this.#numbers, at >> 2);
    return (number >>> (8 * (3 - (at & 3)))) & 0xff;
  }
}
