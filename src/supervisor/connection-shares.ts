/**
 * How many connections each server worker has, in a file that all of them see: whoever has more than
 * another leaves the next to it. The kernel wakes all, and whoever runs first would take the most.
 */
import { readSync, writeSync } from "node:fs";
import { openUnlinked } from "../processes/unlinked-file.ts";
import type { Sharers } from "../server/sharers.ts";

/** As many server workers as a machine of today has use for, and as many again that come or go. */
const PLACES = 256;

const BYTES = Int32Array.BYTES_PER_ELEMENT;

/**
 * By this share of its own, and by one, a worker may have more than another and still take the next:
 * where thousands of short connections come, each of them would stop somebody otherwise.
 */
const SLACK = 1 / 8;

/**
 * How long a worker that has given way goes without doing so again with as many connections, in
 * milliseconds: where connections are short, others have fewer at every moment, and waiting for them
 * would cost more than it gives.
 */
const GIVES_WAY_EVERY = 500;

/** In the place of a worker that takes none; of others it is their number and one. */
const TAKES_NONE = 0;

/** The supervisor's side: which worker has which place. */
export class ConnectionShares {
  /** Each worker is given it. */
  readonly descriptor: number = openUnlinked();
  readonly #taken = new Set<number>();

  constructor() {
    // All of it is there from now on, however full the disk gets.
    writeSync(this.descriptor, new Uint8Array(PLACES * BYTES));
  }

  /** A free place; undefined where there is none: then the worker takes what it can get. */
  take(): number | undefined {
    for (let place = 0; place < PLACES; place += 1) {
      if (this.#taken.has(place)) continue;
      this.#taken.add(place);
      return place;
    }
    return undefined;
  }

  /** Its worker has ended, perhaps without a word. */
  free(place: number): void {
    write(this.descriptor, place, TAKES_NONE);
    this.#taken.delete(place);
  }
}

/** A worker's side. */
export class OwnShare implements Sharers {
  readonly #descriptor: number;
  readonly #place: number;
  readonly #all = new Int32Array(PLACES);
  readonly #now: () => number;
  /** The most connections with which it has given way, since when. */
  readonly #gaveWay = { open: 0, since: Number.NEGATIVE_INFINITY };

  constructor(descriptor: number, place: number, now: () => number = () => performance.now()) {
    this.#descriptor = descriptor;
    this.#place = place;
    this.#now = now;
    this.tell(0);
  }

  tell(open: number): void {
    // All have gone: those that come now are shared anew.
    if (open === 0) this.#gaveWay.open = 0;
    write(this.#descriptor, this.#place, open + 1);
  }

  shouldHaveNext(open: number): boolean {
    const now = this.#now();
    const isRecent = now - this.#gaveWay.since < GIVES_WAY_EVERY;
    if (isRecent && open <= this.#gaveWay.open) return false;
    if (!this.#haveFewer(open)) return false;
    this.#gaveWay.open = open;
    if (!isRecent) this.#gaveWay.since = now;
    return true;
  }

  leave(): void {
    write(this.#descriptor, this.#place, TAKES_NONE);
  }

  #haveFewer(open: number): boolean {
    readSync(this.#descriptor, this.#all, 0, this.#all.byteLength, 0);
    for (let place = 0; place < PLACES; place += 1) {
      const told = place === this.#place ? TAKES_NONE : (this.#all[place] ?? TAKES_NONE);
      if (told !== TAKES_NONE && told < open - open * SLACK) return true;
    }
    return false;
  }
}

function write(descriptor: number, place: number, value: number): void {
  writeSync(descriptor, Int32Array.of(value), 0, BYTES, place * BYTES);
}
