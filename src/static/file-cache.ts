/** What is known of files, by the path that asks for them: bounded in bytes. */

export interface Cacheable {
  /** What it keeps in memory. */
  bytes: number;
}

interface Slot<Entry> {
  readonly entry: Entry;
  wasUsed: boolean;
}

/**
 * The second-chance algorithm: what was used since it was last looked at stays when room is needed.
 * A hit writes one flag; an order of last use would be a change of the map for each request.
 */
export class FileCache<Entry extends Cacheable> {
  readonly #maxBytes: number;
  readonly #slots = new Map<string, Slot<Entry>>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(path: string): Entry | undefined {
    const slot = this.#slots.get(path);
    if (slot === undefined) return undefined;
    slot.wasUsed = true;
    return slot.entry;
  }

  set(path: string, entry: Entry): void {
    this.delete(path);
    if (entry.bytes > this.#maxBytes) return;
    this.#makeRoomFor(entry.bytes);
    // A flat copy: a slice would keep the whole request that it was cut from alive.
    const key = Buffer.from(path, "latin1").toString("latin1");
    this.#slots.set(key, { entry, wasUsed: false });
    this.#bytes += entry.bytes;
  }

  /** An entry that is still kept keeps so much more, and room is made for that, of its own if need be. */
  grow(path: string, entry: Entry, bytes: number): void {
    if (this.#slots.get(path)?.entry !== entry) return;
    entry.bytes += bytes;
    this.#bytes += bytes;
    this.#makeRoomFor(0);
  }

  delete(path: string): void {
    const slot = this.#slots.get(path);
    if (slot === undefined) return;
    this.#slots.delete(path);
    this.#bytes -= slot.entry.bytes;
  }

  /** Goes through all at most twice: the second time no flag is left. */
  #makeRoomFor(bytes: number): void {
    for (const [path, slot] of this.#slots) {
      if (this.#bytes + bytes <= this.#maxBytes) return;
      this.#slots.delete(path);
      if (slot.wasUsed) {
        // To the end, where this loop comes by again.
        slot.wasUsed = false;
        this.#slots.set(path, slot);
      } else {
        this.#bytes -= slot.entry.bytes;
      }
    }
  }
}
