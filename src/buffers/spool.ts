/** Bytes on the disk, in order: files that are removed one by one as they have been read. */
import { SpoolFile } from "./spool-file.ts";

/** A file that has so many bytes gets no more: what has been read of it takes room all the same. */
const FULL_FILE_BYTES = 16 * 1024 ** 2;

export class Spool {
  #files: SpoolFile[] = [];
  #isClosed = false;

  get unread(): number {
    let unread = 0;
    for (const file of this.#files) unread += file.unread;
    return unread;
  }

  /** Bytes it takes on the disk. */
  get size(): number {
    let size = 0;
    for (const file of this.#files) size += file.size;
    return size;
  }

  /** Writes all of it or, where the disk has no room, nothing: then false. */
  async append(chunks: readonly Uint8Array[], size: number): Promise<boolean> {
    let file = this.#files.at(-1);
    if (file === undefined || file.size >= FULL_FILE_BYTES) {
      file = await SpoolFile.createUnnamed();
      this.#files.push(file);
      // Closed while the file was made: nobody else would.
      if (this.#isClosed) await this.close();
    }
    return await file.append(chunks, size);
  }

  /** The next bytes; only while some are unread, and not while another read lasts. */
  async read(): Promise<Uint8Array> {
    const [file] = this.#files;
    if (file === undefined) throw new Error("nothing of this spool is unread");
    const bytes = await file.read();
    if (file.isExhausted && this.#files[0] === file) {
      this.#files.shift();
      await file.remove();
    }
    return bytes;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#files.splice(0).map((file) => file.remove()));
  }
}
