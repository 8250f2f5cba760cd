/** The file that an application gave to `wsgi.file_wrapper`, read by the gateway. */
import { type FileHandle, open } from "node:fs/promises";
import { decodePairs } from "../bridge/strings.ts";
import { LendingBody, type LentPiece, lentPieces } from "../buffers/lent-pieces.ts";

/** What a FILE frame says. */
export interface FileClaim {
  readonly path: string;
  readonly device: string;
  readonly inode: string;
  readonly offset: number;
  readonly length: number;
}

function fileClaim(pairs: ReadonlyMap<string, string>): FileClaim {
  return {
    path: pairs.get("path") ?? "",
    device: pairs.get("device") ?? "",
    inode: pairs.get("inode") ?? "",
    offset: Number(pairs.get("offset") ?? 0),
    length: Number(pairs.get("length") ?? 0),
  };
}

/** Undefined where the path does not lead to that very file: then the application sends its bytes. */
export async function openClaimed(payload: Buffer): Promise<FileBody | undefined> {
  const claim = fileClaim(decodePairs(payload.toString("latin1")));
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

export class FileBody extends LendingBody {
  readonly #file: FileHandle;
  readonly #claim: FileClaim;
  #isClosed = false;

  constructor(file: FileHandle, claim: FileClaim) {
    super();
    this.#file = file;
    this.#claim = claim;
  }

  override lend(): AsyncIterable<LentPiece> {
    const { offset, length } = this.#claim;
    return lentPieces(this.#read, { start: offset, end: offset + length });
  }

  readonly #read = async (block: Buffer, length: number, position: number): Promise<number> => {
    const { bytesRead } = await this.#file.read(block, 0, length, position);
    return bytesRead;
  };

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#file.close();
  }
}
