/** The file that an application gave to `wsgi.file_wrapper`, read by the gateway. */
import { type FileHandle, open } from "node:fs/promises";

const BLOCK_BYTES = 262_144;

/** What a FILE frame says. */
export interface FileClaim {
  readonly path: string;
  readonly device: string;
  readonly inode: string;
  readonly offset: number;
  readonly length: number;
}

export function fileClaim(pairs: ReadonlyMap<string, string>): FileClaim {
  return {
    path: pairs.get("path") ?? "",
    device: pairs.get("device") ?? "",
    inode: pairs.get("inode") ?? "",
    offset: Number(pairs.get("offset") ?? 0),
    length: Number(pairs.get("length") ?? 0),
  };
}

/** Undefined where the path does not lead to that very file: then the application sends its bytes. */
export async function openClaimed(claim: FileClaim): Promise<FileBody | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(claim.path, "r");
    const stats = await file.stat({ bigint: true });
    const isTheOne = String(stats.dev) === claim.device && String(stats.ino) === claim.inode;
    if (isTheOne && stats.isFile()) return new FileBody(file, claim);
  } catch {
    // Not visible from here, as in another container: no error, the bytes come instead.
  }
  await file?.close();
  return undefined;
}

export class FileBody implements AsyncIterable<Uint8Array> {
  readonly #file: FileHandle;
  readonly #claim: FileClaim;
  #isClosed = false;

  constructor(file: FileHandle, claim: FileClaim) {
    this.#file = file;
    this.#claim = claim;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const { offset, length } = this.#claim;
    for (let sent = 0; sent < length; ) {
      // A new block each time: the last one may still wait to be written.
      const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, length - sent));
      const { bytesRead } = await this.#file.read(block, 0, block.length, offset + sent);
      if (bytesRead === 0) return;
      sent += bytesRead;
      yield block.subarray(0, bytesRead);
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#file.close();
  }
}
