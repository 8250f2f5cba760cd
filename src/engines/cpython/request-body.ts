/**
 * A request's body, read as a whole before a worker sees the request.
 *
 * Small ones stay in memory; larger ones go to a file that the worker opens
 * and unlinks, so that no client's pace and no body's size weighs on a worker.
 */
import { MAX_PAYLOAD_BYTES } from "../../bridge/frames.ts";
import { buffers } from "../../buffers/buffers.ts";
import { SpoolFile } from "../../buffers/spool-file.ts";
import { reportTrouble } from "../../buffers/trouble.ts";
import type { Environ, InputStream } from "../../wsgi/types.ts";
import { OverloadedError } from "../errors.ts";

const READ_BYTES = 65_536;
const NOTHING = new Uint8Array(0);

export interface RequestBody {
  readonly size: number;
  readonly bytes: Uint8Array | undefined;
  readonly path: string | undefined;
  /** Gives back the memory, or the disk; to be called when the call has ended. */
  readonly release: () => void;
}

const NO_BODY: RequestBody = { size: 0, bytes: undefined, path: undefined, release: () => {} };

/** Whether a request can have a body that must be read. */
export function mayHaveBody(environ: Environ): boolean {
  const length = environ.CONTENT_LENGTH;
  return (
    (length !== undefined && length !== "" && length !== "0") ||
    environ["wsgi.input_terminated"] === true
  );
}

/** What a body is read from: no more than this of an {@link InputStream}. */
export type BodyInput = Pick<InputStream, "read">;

/** `wsgi.input` that is asked for no more than CONTENT_LENGTH says: not every server ends it there. */
export function bodyInput(environ: Environ): BodyInput {
  const input = environ["wsgi.input"];
  const length = environ.CONTENT_LENGTH ?? "";
  if (!/^[0-9]+$/.test(length) || environ["wsgi.input_terminated"] === true) return input;
  let left = Number(length);
  return {
    async read(size = left) {
      if (left <= 0) return NOTHING;
      const chunk = await input.read(Math.min(size, left));
      left -= chunk.length;
      return chunk;
    },
  };
}

/** @throws {OverloadedError} neither memory nor the disk has room for it */
export async function readRequestBody(input: BodyInput): Promise<RequestBody> {
  const chunks: Uint8Array[] = [];
  const memory = new HeldMemory();
  try {
    let reading = await readChunk(input, chunks, memory);
    while (reading === "some") reading = await readChunk(input, chunks, memory);
    if (reading === "too much") return await spool(chunks, memory, input);
  } catch (error) {
    memory.release();
    throw error;
  }
  const { size } = memory;
  if (size === 0) return NO_BODY;
  const bytes = Buffer.concat(chunks, size);
  return { size, bytes, path: undefined, release: () => memory.release() };
}

/** A function of its own: one that waits for the next chunk keeps alive what its variables held. */
async function readChunk(
  input: BodyInput,
  chunks: Uint8Array[],
  memory: HeldMemory,
): Promise<"some" | "end" | "too much"> {
  const chunk = await input.read(READ_BYTES);
  if (chunk.length === 0) return "end";
  chunks.push(chunk);
  return memory.take(chunk.length) ? "some" : "too much";
}

/** What one body has of the memory. */
class HeldMemory {
  size = 0;

  /** False where the body, or all that is in memory, would become too much. */
  take(size: number): boolean {
    const most = Math.min(buffers.each, MAX_PAYLOAD_BYTES);
    // Waiting requests leave half of the memory to those whose clients are on their way.
    const isTight = buffers.memory.used + size > buffers.memory.limit / 2;
    if (this.size + size > most || isTight || !buffers.memory.take(size)) return false;
    this.size += size;
    return true;
  }

  release(): void {
    buffers.memory.give(this.size);
    this.size = 0;
  }
}

async function spool(
  chunks: Uint8Array[],
  memory: HeldMemory,
  input: BodyInput,
): Promise<RequestBody> {
  const file = await SpoolFile.createNamed();
  try {
    await appendAll(file, chunks);
    memory.release();
    while (await appendNext(file, input));
    await file.close();
  } catch (error) {
    await file.remove();
    throw error;
  }
  return { size: file.size, bytes: undefined, path: file.path, release: () => remove(file) };
}

async function appendAll(file: SpoolFile, chunks: Uint8Array[]): Promise<void> {
  for (const chunk of chunks.splice(0)) await append(file, chunk);
}

/** False at the end of the body. */
async function appendNext(file: SpoolFile, input: BodyInput): Promise<boolean> {
  const chunk = await input.read(READ_BYTES);
  if (chunk.length > 0) await append(file, chunk);
  return chunk.length > 0;
}

async function append(file: SpoolFile, chunk: Uint8Array): Promise<void> {
  if (await file.append([chunk], chunk.length)) return;
  throw new OverloadedError(
    "no room for the request's body on the disk (see --limit-buffer-disk, and the space in TMPDIR)",
  );
}

/** What cannot be removed now goes with the directory when this process ends. */
function remove(file: SpoolFile): void {
  void file.remove().catch(reportTrouble);
}
