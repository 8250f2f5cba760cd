/**
 * Compressed forms of files that have none beside them: made when somebody first asks for one, in the
 * thread pool, and kept as long as the file is; until it is there, the file is sent as it is.
 */
import { closeSync, fstatSync, readFile } from "node:fs";
import { promisify } from "node:util";
import type { ContentCoding } from "../http/content-codings.ts";
import { CODINGS_HERE, compressLater, type Levels } from "./compression.ts";
import { openSame } from "./files.ts";
import {
  areSame,
  makeRepresentation,
  type Representation,
  type RepresentationParts,
} from "./representation.ts";

/** In one packet they go as they are. */
export const LEAST_LIVE_BYTES: number = 1024;

/** What larger files cost is worth doing once, when they are built. */
export const MOST_LIVE_BYTES: number = 4 * 1024 ** 2;

/** Made once and sent often. Brotli at 9 takes seven times as long as at 6, for 3 % less; gzip at 9 three times, for 1 %. */
const LEVELS: Levels = { br: 6, zstd: 9, gzip: 6 };

/** One at a time: the pool has four threads, which read files, too. */
let isBusy = false;

const contentOf = promisify<number, Buffer>(readFile);

export class LiveCodings {
  readonly #plain: Representation;
  readonly #parts: RepresentationParts;
  readonly #onMade: (made: Representation) => void;
  readonly #made = new Map<ContentCoding, Representation>();
  #codings: readonly ContentCoding[] = CODINGS_HERE;

  /** `onMade` gets each form that is kept from then on. */
  constructor(
    plain: Representation,
    parts: RepresentationParts,
    onMade: (made: Representation) => void,
  ) {
    this.#plain = plain;
    this.#parts = parts;
    this.#onMade = onMade;
  }

  /** Those that are there, or may be. */
  get codings(): readonly ContentCoding[] {
    return this.#codings;
  }

  /** Undefined where it is not there yet. */
  get(coding: ContentCoding): Representation | undefined {
    const made = this.#made.get(coding);
    // A file that was just written may be another in a moment.
    if (made === undefined && !isBusy && !this.#plain.isWeak) void this.#make(coding);
    return made;
  }

  /** Never rejects. */
  async #make(coding: ContentCoding): Promise<void> {
    isBusy = true;
    try {
      const content = await this.#content();
      const coded = content && (await compressLater(coding, content, LEVELS[coding]));
      if (coded !== undefined && coded.length < this.#parts.facts.size) this.#keep(coding, coded);
      else this.#giveUp(coding);
    } catch {
      // Whatever it is, the file itself is there, and who reads that is told.
      this.#giveUp(coding);
    } finally {
      isBusy = false;
    }
  }

  #keep(coding: ContentCoding, content: Buffer): void {
    const facts = { ...this.#parts.facts, size: content.length };
    const parts = { ...this.#parts, facts, coding, content, isLive: true };
    const made = makeRepresentation(parts, Date.now());
    this.#made.set(coding, made);
    this.#onMade(made);
  }

  #giveUp(coding: ContentCoding): void {
    this.#codings = this.#codings.filter((other) => other !== coding);
  }

  /** Undefined where the file is that version no more. */
  async #content(): Promise<Buffer | undefined> {
    const { path, facts, content } = this.#plain;
    if (content !== undefined) return content;
    const descriptor = openSame(path, facts);
    if (descriptor === undefined) return undefined;
    try {
      const read = await contentOf(descriptor);
      return areSame(fstatSync(descriptor), facts) ? read : undefined;
    } finally {
      closeSync(descriptor);
    }
  }
}
