/**
 * A request's body, read as a whole before a worker sees the request.
 *
 * Small ones stay in memory; larger ones go to a file that the worker opens
 * and unlinks, so that no client's pace and no body's size weighs on a worker.
 */
import { MAX_PAYLOAD_BYTES } from "../../bridge/frames.ts";
import { buffers } from "../../buffers/buffers.ts";
import { PieceSource } from "../../buffers/piece-source.ts";
import { SpoolFile } from "../../buffers/spool-file.ts";
import { reportTrouble } from "../../buffers/trouble.ts";
import type { Environ, InputStream } from "../../wsgi/types.ts";
import { OverloadedError } from "../errors.ts";

const READ_BYTES = 65_536;
const NOTHING = new Uint8Array(0);

/** Bytes of a body that wait for the disk before its client is made to wait. */
const MOST_WAITING_BYTES = 262_144;

/** A view of less than this part of its memory is copied: it would keep all of that alive. */
const WORTH_KEEPING = 1 / 4;

export interface RequestBody {
  readonly size: number;
  /** All of it, one behind the other, where it is in memory. */
  readonly pieces: readonly Uint8Array[] | undefined;
  readonly path: string | undefined;
  /** Gives back the memory, or the disk; to be called when the call has ended. */
  readonly release: () => void;
}

const NO_BODY: RequestBody = { size: 0, pieces: undefined, path: undefined, release: () => {} };

/** Whether a request can have a body that must be read. */
export function mayHaveBody(environ: Environ): boolean {
  const length = environ.CONTENT_LENGTH;
  return (
    (length !== undefined && length !== "" && length !== "0") ||
    environ["wsgi.input_terminated"] === true
  );
}

/** What a body is read from: no more than this of an {@link InputStream}, or its pieces. */
export type BodyInput = Pick<InputStream, "read"> | PieceSource;

/** `wsgi.input` that gives no more than CONTENT_LENGTH says: not every server ends it there. */
export function bodyInput(environ: Environ): BodyInput {
  const input = environ["wsgi.input"];
  const length = environ.CONTENT_LENGTH ?? "";
  if (!/^[0-9]+$/.test(length) || environ["wsgi.input_terminated"] === true) return input;
  if (PieceSource.is(input)) return new LimitedPieces(input, Number(length));
  return limited(input, Number(length));
}

class LimitedPieces extends PieceSource {
  readonly #source: PieceSource;
  #left: number;

  constructor(source: PieceSource, length: number) {
    super();
    this.#source = source;
    this.#left = length;
  }

  async readPieces(): Promise<Uint8Array[]> {
    if (this.#left <= 0) return [];
    const pieces: Uint8Array[] = [];
    for (const piece of await this.#source.readPieces()) {
      const fitting = piece.length > this.#left ? piece.subarray(0, this.#left) : piece;
      this.#left -= fitting.length;
      if (fitting.length > 0) pieces.push(fitting);
    }
    return pieces;
  }
}

function limited(input: Pick<InputStream, "read">, length: number): BodyInput {
  let left = length;
  return {
    async read(size = left) {
      if (left <= 0) return NOTHING;
      const chunk = await input.read(Math.min(size, left));
      left -= chunk.length;
      return chunk;
    },
  };
}

/** Pieces of a body on the disk, where they cross: each is a frame of its own. */
export const FILE_PIECE_BYTES: number = 1024 ** 2;

/** @throws {OverloadedError} neither memory nor the disk has room for it */
export async function readRequestBody(input: BodyInput): Promise<RequestBody> {
  const source = PieceSource.is(input) ? input : new ReadPieces(input);
  const pieces: Uint8Array[] = [];
  const memory = new HeldMemory();
  try {
    let reading = await readSome(source, pieces, memory);
    while (reading === "some") reading = await readSome(source, pieces, memory);
    if (reading === "too much") return await spool(pieces, memory, source);
  } catch (error) {
    memory.release();
    throw error;
  }
  const { size } = memory;
  if (size === 0) return NO_BODY;
  return { size, pieces, path: undefined, release: () => memory.release() };
}

/** Of any input. */
class ReadPieces extends PieceSource {
  readonly #input: Pick<InputStream, "read">;

  constructor(input: Pick<InputStream, "read">) {
    super();
    this.#input = input;
  }

  async readPieces(): Promise<Uint8Array[]> {
    const chunk = await this.#input.read(READ_BYTES);
    return chunk.length === 0 ? [] : [chunk];
  }
}

/** A function of its own: one that waits for the next piece keeps alive what its variables held. */
async function readSome(
  source: PieceSource,
  pieces: Uint8Array[],
  memory: HeldMemory,
): Promise<"some" | "end" | "too much"> {
  const come = await source.readPieces();
  if (come.length === 0) return "end";
  for (const piece of come) pieces.push(compact(piece));
  return memory.take(totalOf(come)) ? "some" : "too much";
}

function compact(piece: Uint8Array): Uint8Array {
  return piece.length < piece.buffer.byteLength * WORTH_KEEPING ? Buffer.from(piece) : piece;
}

function totalOf(pieces: readonly Uint8Array[]): number {
  let total = 0;
  for (const { length } of pieces) total += length;
  return total;
}

/** Waiting requests leave half of the memory to those whose clients are on their way. */
function isTight(size: number): boolean {
  return buffers.memory.used + size > buffers.memory.limit / 2;
}

/** What one body has of the memory. */
class HeldMemory {
  size = 0;

  /** False where the body, or all that is in memory, would become too much. */
  take(size: number): boolean {
    const most = Math.min(buffers.eachBody, MAX_PAYLOAD_BYTES);
    if (this.size + size > most || isTight(size) || !buffers.memory.take(size)) return false;
    this.size += size;
    return true;
  }

  release(): void {
    buffers.memory.give(this.size);
    this.size = 0;
  }
}

async function spool(
  pieces: Uint8Array[],
  memory: HeldMemory,
  source: PieceSource,
): Promise<RequestBody> {
  const file = await SpoolFile.createNamed();
  try {
    await append(file, pieces.splice(0));
    memory.release();
    const writer = new SpoolWriter(file);
    try {
      while (await writeSome(source, writer));
    } finally {
      await writer.end();
    }
    await file.close();
  } catch (error) {
    await file.remove();
    throw error;
  }
  return { size: file.size, pieces: undefined, path: file.path, release: () => remove(file) };
}

/** False at the end of the body. */
async function writeSome(source: PieceSource, writer: SpoolWriter): Promise<boolean> {
  const come = await source.readPieces();
  if (come.length > 0) await writer.write(come);
  return come.length > 0;
}

/** Writes to a file what has come, all of it in one go, while more is read. */
class SpoolWriter {
  readonly #file: SpoolFile;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(file: SpoolFile) {
    this.#file = file;
  }

  /** Resolves when more may come. @throws {OverloadedError} the disk had no room for what came before */
  async write(pieces: readonly Uint8Array[]): Promise<void> {
    this.#throwFailure();
    const size = totalOf(pieces);
    this.#waiting.push(...pieces);
    this.#waitingBytes += size;
    buffers.memory.charge(size);
    this.#writing ??= this.#writeAll();
    if (this.#waitingBytes >= MOST_WAITING_BYTES || isTight(size)) await this.#writing;
  }

  /** @throws {OverloadedError} the disk had no room for all of it */
  async end(): Promise<void> {
    await this.#writing;
    this.#throwFailure();
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const size = this.#waitingBytes;
      this.#waitingBytes = 0;
      try {
        await append(this.#file, this.#waiting.splice(0));
      } catch (error) {
        this.#failure = { error };
      }
      buffers.memory.give(size);
    }
    this.#writing = undefined;
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

async function append(file: SpoolFile, pieces: readonly Uint8Array[]): Promise<void> {
  if (await file.append(pieces, totalOf(pieces))) return;
  throw new OverloadedError(
    "no room for the request's body on the disk (see --limit-buffer-disk, and the space in TMPDIR)",
  );
}

/** What cannot be removed now goes with the directory when this process ends. */
function remove(file: SpoolFile): void {
  void file.remove().catch(reportTrouble);
}
