/** Bytes received and not yet read; finds the end of a line without searching twice. */

const EMPTY: Buffer = Buffer.alloc(0);
const LINE_FEED = 0x0a;

/** So many times the memory that is needed is too much to be kept. */
const LAVISH = 4;

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

  /** Whether the unread bytes begin with this text, the last character of which is a line feed. */
  beginsWith(text: string): boolean {
    const end = this.#start + text.length;
    // One byte tells most others apart, and no text is made of them.
    if (end > this.#end || this.#bytes[end - 1] !== LINE_FEED) return false;
    return this.#bytes.toString("latin1", this.#start, end) === text;
  }

  append(data: Uint8Array): void {
    if (this.#start === this.#end) {
      this.#bytes = Buffer.isBuffer(data)
        ? data
        : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
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

  /** Keeps little memory for little that is unread; returns how much. */
  settle(): number {
    if (!this.#owned && this.#bytes.buffer.byteLength > LAVISH * this.length) {
      this.#moveToRoomFor(this.length);
    }
    return this.#owned ? this.#bytes.length : this.#bytes.buffer.byteLength;
  }

  /** Takes one line as it is, its LF included; undefined if no whole line came. */
  takeLine(): string | undefined {
    const from = Math.max(this.#start, this.#searched);
    const at = this.#bytes.subarray(0, this.#end).indexOf(LINE_FEED, from);
    if (at === -1) {
      this.#searched = this.#end;
      return undefined;
    }
    const text = this.#bytes.toString("latin1", this.#start, at + 1);
    this.#advance(at + 1);
    return text;
  }

  /** Takes up to `size` bytes; they stay valid, since nothing received is overwritten. */
  takeBytes(size: number): Buffer {
    const end = Math.min(this.#start + size, this.#end);
    const taken = this.#bytes.subarray(this.#start, end);
    this.#advance(end);
    return taken;
  }

  /** At most `size` of the bytes behind the first `offset` ones, as text; takes nothing. */
  peekText(offset: number, size: number): string {
    const from = this.#start + offset;
    return this.#bytes.toString("latin1", from, Math.min(from + size, this.#end));
  }

  skip(size: number): void {
    this.#advance(Math.min(this.#start + size, this.#end));
  }

  #advance(to: number): void {
    this.#start = to;
    this.#searched = Math.max(this.#searched, to);
    // An idle connection keeps no memory that it has read.
    if (to === this.#end) this.#bytes = EMPTY;
  }
}
