/** A temporary file, written at its end and read from its start; its bytes count as the disk's. */
import { type FileHandle, unlink } from "node:fs/promises";
import { buffers } from "./buffers.ts";
import { takeDisk } from "./room.ts";
import { createSpooled } from "./spool-directory.ts";
import { hasCode } from "./system-error.ts";
import { reportTrouble } from "./trouble.ts";

/** Bytes read at a time: each client that is slow to read its answer has one block in its socket. */
const BLOCK_BYTES = 16_384;

export class SpoolFile {
  /** Where others find it, while it has a name. */
  readonly path: string;
  readonly #file: FileHandle;
  #hasName = true;
  #isOpen = true;
  #isRemoved = false;
  #written = 0;
  #taken = 0;
  #read = 0;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
    buffers.openFiles += 1;
  }

  /** A file that another process may open. */
  static async createNamed(): Promise<SpoolFile> {
    const { path, file } = await createSpooled();
    return new SpoolFile(path, file);
  }

  /** A file for this process alone, which is gone from the directory already. */
  static async createUnnamed(): Promise<SpoolFile> {
    const spool = await SpoolFile.createNamed();
    try {
      await spool.#unlink();
      return spool;
    } catch (error) {
      await spool.remove();
      throw error;
    }
  }

  get size(): number {
    return this.#written;
  }

  get unread(): number {
    return this.#written - this.#read;
  }

  /** Whether all of it, and nothing more, has been read; bytes may be on their way to it. */
  get isExhausted(): boolean {
    return this.#taken === this.#read;
  }

  /** Writes all of it or, where the disk has no room, nothing: then false. */
  async append(chunks: readonly Uint8Array[], size: number): Promise<boolean> {
    if (this.#isRemoved || !takeDisk(size)) return false;
    this.#taken += size;
    try {
      await this.#writeAll(chunks, size);
    } catch (error) {
      this.#giveBack(size);
      if (!hasCode(error, "ENOSPC", "EDQUOT")) throw error;
      reportTrouble(error);
      return false;
    }
    if (this.#isRemoved) {
      this.#giveBack(size);
      return false;
    }
    this.#written += size;
    return true;
  }

  /** The next bytes, of which some must be unread. */
  async read(): Promise<Uint8Array> {
    const block = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, this.unread));
    const { bytesRead } = await this.#file.read(block, 0, block.length, this.#read);
    if (bytesRead === 0) throw new Error(`${this.path} ends ${this.unread} bytes too early`);
    this.#read += bytesRead;
    return block.subarray(0, bytesRead);
  }

  /** Closes it here; it stays on the disk for whom its path was given to. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    buffers.openFiles -= 1;
    await this.#file.close();
  }

  /** Gives back all it took. That the other process has removed it already is the usual case. */
  async remove(): Promise<void> {
    if (this.#isRemoved) return;
    this.#isRemoved = true;
    this.#giveBack(this.#written);
    await Promise.all([this.close(), this.#unlink()]);
  }

  async #unlink(): Promise<void> {
    if (!this.#hasName) return;
    this.#hasName = false;
    try {
      await unlink(this.path);
    } catch (error) {
      if (!hasCode(error, "ENOENT")) throw error;
    }
  }

  async #writeAll(chunks: readonly Uint8Array[], size: number): Promise<void> {
    const start = this.#written;
    let { bytesWritten: done } = await this.#file.writev(chunks, start);
    while (done < size) {
      const rest = Buffer.concat(chunks, size).subarray(done);
      done += (await this.#file.write(rest, 0, rest.length, start + done)).bytesWritten;
    }
  }

  #giveBack(size: number): void {
    this.#taken -= size;
    buffers.disk.give(size);
  }
}
