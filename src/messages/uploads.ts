/**
 * The files of a request's form: in memory while they are small together, else in temporary files. All
 * of it is let go when the request has been answered; whoever answers it calls {@link endUploads}.
 */
import { openAsBlob } from "node:fs";
import { buffers } from "../buffers/buffers.ts";
import { BuffersFullError } from "../buffers/errors.ts";
import { MemoryQueue } from "../buffers/memory-queue.ts";
import { SpoolFile } from "../buffers/spool-file.ts";
import { reportTrouble } from "../buffers/trouble.ts";
import type { Environ } from "../wsgi/types.ts";

/** Bytes that are written to the disk at once. */
const BLOCK_BYTES = 262_144;

const open = new WeakMap<Environ, Uploads>();

export function uploadsOf(environ: Environ): Uploads {
  const known = open.get(environ);
  if (known !== undefined) return known;
  const uploads = new Uploads();
  open.set(environ, uploads);
  return uploads;
}

export function hasUploads(environ: Environ): boolean {
  return open.has(environ);
}

/** The request has been answered, or has failed. Never rejects: no client's answer depends on it. */
export async function endUploads(environ: Environ): Promise<void> {
  const uploads = open.get(environ);
  open.delete(environ);
  try {
    await uploads?.close();
  } catch (error) {
    reportTrouble(error);
  }
}

/** What is known of a file before its first byte. */
export interface FileHead {
  readonly filename: string | undefined;
  readonly mediaType: string;
}

export class Uploads {
  readonly #spools: SpoolFile[] = [];
  /** What all files have in memory. */
  #memory = 0;
  /** Whoever still reads the form then is not waited for, and must leave nothing behind. */
  #isClosed = false;

  /**
   * A file of the platform, of memory or of the disk.
   * @throws {BuffersFullError} the disk has no room
   * @throws {Error} the request has been answered meanwhile
   */
  async keep(
    pieces: AsyncIterable<Uint8Array>,
    { filename = "", mediaType: type }: FileHead,
    maxMemory: number,
  ): Promise<File> {
    const waiting = new MemoryQueue();
    let spool: SpoolFile | undefined;
    for await (const piece of pieces) {
      this.#mustBeOpen();
      waiting.push(piece);
      if (spool === undefined && this.#fits(waiting.size, maxMemory)) continue;
      spool ??= await this.#createSpool();
      if (waiting.size >= BLOCK_BYTES) await this.#write(waiting, spool);
    }
    if (spool === undefined) {
      this.#mustBeOpen();
      this.#charge(waiting.size);
      return new File([...waiting.chunks], filename, { type });
    }
    await this.#write(waiting, spool);
    await spool.close();
    return new File([await openAsBlob(spool.path, { type })], filename, { type });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#charge(-this.#memory);
    await Promise.all(this.#spools.splice(0).map((spool) => spool.remove()));
  }

  #fits(size: number, maxMemory: number): boolean {
    return this.#memory + size <= maxMemory && !buffers.memory.isSpent;
  }

  async #createSpool(): Promise<SpoolFile> {
    const spool = await SpoolFile.createNamed();
    if (this.#isClosed) await spool.remove();
    this.#mustBeOpen();
    this.#spools.push(spool);
    return spool;
  }

  async #write(waiting: MemoryQueue, spool: SpoolFile): Promise<void> {
    const { size } = waiting;
    if (size === 0 || (await spool.append(waiting.takeAll(), size))) return;
    this.#mustBeOpen();
    throw new BuffersFullError(
      "no room on the disk for an uploaded file (see --limit-buffer-disk)",
    );
  }

  #mustBeOpen(): void {
    if (this.#isClosed) throw new Error("the request was answered before its form was read");
  }

  #charge(size: number): void {
    this.#memory += size;
    buffers.memory.charge(size);
  }
}
