/**
 * The file in which worker and gateway see at once what the other has written:
 * the last stream the worker has begun, the last it may begin, and behind
 * these the stacks of its threads, if it was told by signal to write them.
 *
 * It outlives the worker, so that after a crash the requests it had not begun
 * can be given to another, and those it had are never run twice. And it needs
 * no help of a worker that runs native code and hears nothing.
 */
import { closeSync, existsSync, openSync, readSync, rmdirSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { openUnlinked } from "../../processes/unlinked-file.ts";

/** The name of the file, while it has one. */
export const MARKER = "begun";

export const BEGUN_AT = 0;
export const LIMIT_AT = 4;
const STACKS_AT = 8;
const NO_LIMIT = 0xffff_ffff;

/** As much as is read of the stacks at a time. */
const MAX_STACKS_BYTES = 65_536;

/** What a gateway sees of a worker at once, and the worker of what it is allowed. */
export interface Marker {
  read(): number;
  limit(streamId?: number): void;
  readStacks(): string;
  close(): void;
}

export class BegunMarker implements Marker {
  readonly fd: number;
  #stacksRead = 0;
  /** What was left of the stacks at the end; undefined before. */
  #lastStacks: string | undefined;

  /** Of that name in `directory`; without one it has no name, and nothing is left behind of it. */
  constructor(directory?: string) {
    this.fd = directory === undefined ? openUnlinked() : openIn(directory);
    try {
      this.#write(0, BEGUN_AT);
      this.#write(NO_LIMIT, LIMIT_AT);
    } catch (error) {
      // A full disk gives a file, and no room in it.
      this.close();
      throw error;
    }
  }

  /** The number of the last stream that the worker began, 0 for none. */
  read(): number {
    return readNumber(this.fd, BEGUN_AT);
  }

  /**
   * The worker begins no stream beyond `streamId`, or any again without one. A worker writes what it
   * begins before it looks here: what {@link read} does not show a moment later is never begun.
   */
  limit(streamId: number = NO_LIMIT): void {
    this.#write(streamId, LIMIT_AT);
  }

  /** The stacks that have been written since this was asked last, empty for none. */
  readStacks(): string {
    if (this.#lastStacks !== undefined) return this.#lastStacks;
    const bytes = Buffer.alloc(MAX_STACKS_BYTES);
    const at = STACKS_AT + this.#stacksRead;
    const length = readSync(this.fd, bytes, 0, MAX_STACKS_BYTES, at);
    this.#stacksRead += length;
    return bytes.toString("utf8", 0, length).trimEnd();
  }

  protected get isClosed(): boolean {
    return this.#lastStacks !== undefined;
  }

  close(): void {
    this.#lastStacks = this.readStacks();
    closeSync(this.fd);
  }

  #write(value: number, at: number): void {
    writeNumber(this.fd, value, at);
  }
}

/** Big-endian, as all numbers of the bridge. */
export function writeNumber(file: number, value: number, at: number): void {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  writeSync(file, bytes, 0, 4, at);
}

/** What was written so; 0 where the file ends before. */
export function readNumber(file: number, at: number): number {
  const bytes = Buffer.alloc(4);
  readSync(file, bytes, 0, 4, at);
  return bytes.readUInt32BE();
}

/** By their names: to look what is in a directory takes a descriptor, and these may have had the last. */
export function removeWith(names: readonly string[], directory: string): void {
  for (const name of names) rmSync(join(directory, name), { force: true });
  // Whoever cleans up may have been here before.
  if (existsSync(directory)) rmdirSync(directory);
}

function openIn(directory: string): number {
  return openSync(join(directory, MARKER), "wx+", 0o600);
}
