/** How much memory the interpreter of this thread may have. */

/** Of WebAssembly, which counts memory in pages. */
export const PAGE_BYTES = 65_536;

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

// Node.js has it; the types that come with it do not.
declare const WebAssembly: { readonly Memory: { readonly prototype: Memory } };

/**
 * Emscripten takes a refusal for what it is: Python raises `MemoryError`, and goes on. It must stand
 * before the interpreter is loaded. 0 is no limit.
 */
export function limitMemory(bytes: number): void {
  if (bytes === 0) return;
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function growWithin(this: Memory, pages: number): number {
    if (this.buffer.byteLength + pages * PAGE_BYTES > bytes) {
      throw new RangeError(`no more than ${bytes} bytes of memory are allowed`);
    }
    return grow.call(this, pages);
  };
}
