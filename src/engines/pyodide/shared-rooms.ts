/** The two places in an interpreter's memory where its bytes come in and go out. */
import type { PyodideAPI } from "pyodide";
import type { PyBuffer } from "pyodide/ffi";
import type { Line } from "./host.ts";

const NONE = new Uint8Array(0);

export class SharedRooms {
  readonly #python: PyodideAPI;
  readonly #line: Pick<Line, "receive" | "send">;
  /** Where in the interpreter's memory; its size is what the callers keep to. */
  #incoming = 0;
  #outgoing = 0;
  /** What was received and did not fit where it was wanted. */
  #rest: Uint8Array = NONE;

  constructor(python: PyodideAPI, line: Pick<Line, "receive" | "send">) {
    this.#python = python;
    this.#line = line;
  }

  /** Python does not move them as long as they are shared, and that is for good. */
  share(incoming: PyBuffer, outgoing: PyBuffer): void {
    this.#incoming = addressOf(incoming);
    this.#outgoing = addressOf(outgoing);
  }

  /** How many bytes have come in, at most `size`: 0 at the end, -1 where there are none and nobody waits. */
  receive(isToWait: boolean, size: number): number {
    if (this.#rest.length === 0) {
      const received = this.#line.receive(isToWait);
      if (received === undefined) return -1;
      this.#rest = received;
    }
    const come = this.#rest.subarray(0, size);
    memoryOf(this.#python).set(come, this.#incoming);
    this.#rest = this.#rest.subarray(size);
    return come.length;
  }

  send(size: number): void {
    this.#line.send(memoryOf(this.#python).slice(this.#outgoing, this.#outgoing + size));
  }
}

function addressOf(room: PyBuffer): number {
  const { data } = room.getBuffer("u8");
  return data.byteOffset;
}

/** What Emscripten made, which the types of the package leave out. */
interface Internals {
  readonly _module: { readonly HEAPU8: Uint8Array<ArrayBuffer> };
}

/** All of it; another one when it has grown. */
export function memoryOf(python: PyodideAPI): Uint8Array<ArrayBuffer> {
  return (python as unknown as Internals)._module.HEAPU8;
}
