/** What a thread and its gateway see of one another at once: the begun marker in shared memory. */
import type { Marker } from "../cpython/begun-marker.ts";
import { PAGE_BYTES } from "./memory-limit.ts";

const BEGUN = 0;
const LIMIT = 1;
/** In pages, as WebAssembly counts memory: its bytes may be more than the number can say. */
const MEMORY = 2;
const NO_LIMIT = 0xffff_ffff;

/** The stream begun last, the last that may be begun, and how much memory the interpreter has. */
const SHARED_MARKER_BYTES = 12;

export class SharedMarker implements Marker {
  readonly memory: SharedArrayBuffer = new SharedArrayBuffer(SHARED_MARKER_BYTES);
  readonly #numbers = new Uint32Array(this.memory);

  constructor() {
    this.limit();
  }

  read(): number {
    return Atomics.load(this.#numbers, BEGUN);
  }

  get memoryBytes(): number {
    return Atomics.load(this.#numbers, MEMORY) * PAGE_BYTES;
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

  /** The last stream that may be begun; read after what is written, so that one of both sides knows. */
  begin(streamId: number, memoryBytes: number): number {
    Atomics.store(this.#numbers, MEMORY, memoryBytes / PAGE_BYTES);
    Atomics.store(this.#numbers, BEGUN, streamId);
    return Atomics.load(this.#numbers, LIMIT);
  }
}
