/** Bytes received and not yet read; finds the end of a head or a line without searching twice. */

const EMPTY: Buffer = Buffer.alloc(0);
const END_OF_HEAD = Buffer.from("\r\n\r\n", "latin1");
const LINE_FEED = 0x0a;

export class ReceiveBuffer {
  #bytes: Buffer = EMPTY;
  #start = 0;
  #end = 0;
  /** Nothing that is searched for begins before this index. */
  #searched = 0;
  /** Whether the memory is this buffer's own, so that more bytes may follow in it. */
  #owned = false;

  get length(): number {
    return this.#end - this.#start;
  }

  /** The first byte, or -1. */
  get first(): number {
    return this.#start < this.#end ? (this.#bytes[this.#start] ?? -1) : -1;
  }

  append(data: Uint8Array): void {
    if (this.#start === this.#end) {
      this.#bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      this.#start = 0;
      this.#end = data.byteLength;
      this.#searched = 0;
      this.#owned = false;
      return;
    }
    if (!this.#owned || this.#end + data.byteLength > this.#bytes.length) {
      this.#moveToRoomFor(this.length + data.byteLength);
    }
    this.#bytes.set(data, this.#end);
    this.#end += data.byteLength;
  }

  /** Doubling keeps a head that comes byte by byte from being copied as often as it has bytes. */
  #moveToRoomFor(size: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(size * 2, 512));
    this.#bytes.copy(grown, 0, this.#start, this.#end);
    this.#searched = Math.max(0, this.#searched - this.#start);
    this.#end -= this.#start;
    this.#start = 0;
    this.#bytes = grown;
    this.#owned = true;
  }

  /** Takes the text up to an empty line, without its last two line ends; undefined if none came. */
  takeHead(): string | undefined {
    const from = Math.max(this.#start, this.#searched - 3);
    const at = this.#bytes.subarray(0, this.#end).indexOf(END_OF_HEAD, from);
    if (at === -1) {
      this.#searched = this.#end;
      return undefined;
    }
    return this.#takeText(at, at + 4);
  }

  /** Takes one line as it is, its LF included; undefined if no whole line came. */
  takeLine(): string | undefined {
    const from = Math.max(this.#start, this.#searched);
    const at = this.#bytes.subarray(0, this.#end).indexOf(LINE_FEED, from);
    if (at === -1) {
      this.#searched = this.#end;
      return undefined;
    }
    return this.#takeText(at + 1, at + 1);
  }

  /** Takes up to `size` bytes; they stay valid, since nothing received is overwritten. */
  takeBytes(size: number): Buffer {
    const end = Math.min(this.#start + size, this.#end);
    const taken = this.#bytes.subarray(this.#start, end);
    this.#start = end;
    this.#searched = end;
    return taken;
  }

  /** What has come, at most `size` bytes, as text; takes nothing. */
  peekText(size: number): string {
    return this.#bytes.toString("latin1", this.#start, Math.min(this.#start + size, this.#end));
  }

  skip(size: number): void {
    this.#start = Math.min(this.#start + size, this.#end);
    this.#searched = Math.max(this.#searched, this.#start);
  }

  #takeText(end: number, next: number): string {
    const text = this.#bytes.toString("latin1", this.#start, end);
    this.#start = next;
    this.#searched = next;
    return text;
  }
}
