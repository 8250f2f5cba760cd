/**
 * A request's body, read as a whole before a worker sees the request.
 *
 * Small ones stay in memory; larger ones go to a file that the worker opens
 * and unlinks, so that no client's pace and no body's size weighs on a worker.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environ, InputStream } from "../../wsgi/types.ts";

/** Bytes of a body that stay in memory; gunicorn and nginx spool from about here too. */
const MAX_BYTES_IN_MEMORY = 262_144;
const READ_BYTES = 65_536;

export interface RequestBody {
  readonly size: number;
  readonly bytes: Uint8Array | undefined;
  readonly path: string | undefined;
}

const NO_BODY: RequestBody = { size: 0, bytes: undefined, path: undefined };

/** Whether a request can have a body that must be read. */
export function mayHaveBody(environ: Environ): boolean {
  const length = environ.CONTENT_LENGTH;
  return (
    (length !== undefined && length !== "" && length !== "0") ||
    environ["wsgi.input_terminated"] === true
  );
}

/** The caller removes the file at `path`, if there is one and the worker has not. */
export async function readRequestBody(input: InputStream): Promise<RequestBody> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const chunk = await input.read(READ_BYTES);
    if (chunk.length === 0) break;
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BYTES_IN_MEMORY) return spool(chunks, size, input);
  }
  return size === 0 ? NO_BODY : { size, bytes: Buffer.concat(chunks, size), path: undefined };
}

async function spool(
  chunks: readonly Uint8Array[],
  sizeSoFar: number,
  input: InputStream,
): Promise<RequestBody> {
  const { path, file } = await createSpoolFile();
  let size = sizeSoFar;
  try {
    for (const chunk of chunks) await writeAll(file, chunk);
    for (;;) {
      const chunk = await input.read(READ_BYTES);
      if (chunk.length === 0) return { size, bytes: undefined, path };
      await writeAll(file, chunk);
      size += chunk.length;
    }
  } catch (error) {
    await removeSpooled(path);
    throw error;
  } finally {
    await file.close();
  }
}

async function createSpoolFile(): Promise<{ path: string; file: FileHandle }> {
  const name = randomUUID();
  try {
    const path = join(spoolDirectory(), name);
    return { path, file: await open(path, "wx", 0o600) };
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
    // Something has tidied the temporary directory, as systemd does with what is old.
    directory = undefined;
    const path = join(spoolDirectory(), name);
    return { path, file: await open(path, "wx", 0o600) };
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length; ) {
    at += (await file.write(chunk, at)).bytesWritten;
  }
}

/** Removes a spooled body; that the worker has done it already is the usual case. */
export async function removeSpooled(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}

let directory: string | undefined;

/** This process's own directory for bodies, removed when it ends. */
function spoolDirectory(): string {
  if (directory !== undefined) return directory;
  removeAbandoned();
  const made = mkdtempSync(join(tmpdir(), `portico-bodies-${process.pid}-`));
  process.once("exit", () => rmSync(made, { recursive: true, force: true }));
  directory = made;
  return made;
}

/** What processes left that were killed before they could clean up. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = /^portico-bodies-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch (error) {
      // Another user's: that user's next server removes it.
      if (!hasCode(error, "EACCES", "EPERM")) throw error;
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process, but one that lives.
    return hasCode(error, "EPERM");
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}
