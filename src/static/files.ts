/**
 * Looks at files and reads the small ones, synchronously: the kernel has their metadata and what is
 * read often in its memory, and answers in microseconds. A way through the thread pool costs ten
 * times that, and an answer that has to be waited for.
 */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from "node:fs";
import { sep } from "node:path";
import { codeOf } from "../buffers/system-error.ts";
import { pathText, systemPath } from "./path-bytes.ts";
import { areSame, type FileFacts } from "./representation.ts";

/** Why there is no file for a client. */
export type Absence = "forbidden" | "nothing";

/** What an error of the file system says about a path; all others are the server's trouble. */
const ABSENCES: Readonly<Record<string, Absence>> = {
  ENOENT: "nothing",
  ENOTDIR: "nothing",
  ENAMETOOLONG: "nothing",
  ELOOP: "nothing",
  EACCES: "forbidden",
  EPERM: "forbidden",
};

/** Never waits for a pipe's writer, and follows no link that took a file's place since it was checked. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Follows symbolic links. */
export function look(path: string): Stats | Absence {
  return orAbsence(() => statSync(systemPath(path)));
}

/** Where a path leads to, if that is in the directory `root`, which is free of symbolic links. */
export function realPathWithin(root: string, path: string): string | Absence {
  const real = orAbsence(() => {
    const asked = systemPath(path);
    if (typeof asked === "string") return realpathSync.native(asked);
    const native = realpathSync.native(asked, "buffer").toString("latin1");
    return pathText(native, process.platform) ?? native;
  });
  return isAbsence(real) || isWithin(root, real) ? real : "nothing";
}

function isWithin(root: string, real: string): boolean {
  return real.startsWith(root.endsWith(sep) ? root : `${root}${sep}`);
}

export interface ReadFile {
  readonly facts: FileFacts;
  /** Undefined where it is larger than what was asked for, or was written to meanwhile. */
  readonly content: Buffer | undefined;
}

/** `path` was free of symbolic links, and in the directory `root`. */
export function readSmall(root: string, path: string, maxBytes: number): ReadFile | Absence {
  const descriptor = orAbsence(() => openSync(systemPath(path), OPEN_FLAGS));
  if (isAbsence(descriptor)) return descriptor;
  try {
    if (hasLeft(root, descriptor)) return "nothing";
    const facts = fstatSync(descriptor);
    if (!facts.isFile()) return "nothing";
    const content = facts.size <= maxBytes ? readWhole(descriptor, facts.size) : undefined;
    const isWhole = content !== undefined && areSame(fstatSync(descriptor), facts);
    return { facts, content: isWhole ? content : undefined };
  } finally {
    closeSync(descriptor);
  }
}

/** A descriptor, for the caller to close, of that very version; undefined where it is there no more. */
export function openSame(path: string, facts: FileFacts): number | undefined {
  const descriptor = orAbsence(() => openSync(systemPath(path), OPEN_FLAGS));
  if (isAbsence(descriptor)) return undefined;
  if (areSame(fstatSync(descriptor), facts)) return descriptor;
  closeSync(descriptor);
  return undefined;
}

export function isAbsence(found: unknown): found is Absence {
  return found === "forbidden" || found === "nothing";
}

/** A directory on the way may have become a link since it was checked. Only Linux tells of what is open. */
function hasLeft(root: string, descriptor: number): boolean {
  const real = orAbsence(() => readlinkSync(`/proc/self/fd/${descriptor}`));
  return !isAbsence(real) && !isWithin(root, real);
}

/** Undefined where it is shorter. */
function readWhole(descriptor: number, size: number): Buffer | undefined {
  // Not from Node's pool, of which a small file would keep 8 KiB.
  const content = Buffer.allocUnsafeSlow(size);
  for (let at = 0; at < size; ) {
    const count = readSync(descriptor, content, at, size - at, at);
    if (count === 0) return undefined;
    at += count;
  }
  return content;
}

/** @throws what is no word about this path alone */
function orAbsence<Result>(act: () => Result): Result | Absence {
  try {
    return act();
  } catch (error) {
    return absenceBy(error);
  }
}

/** @throws the error, if it is no word about a path alone */
export function absenceBy(error: unknown): Absence {
  const absence = ABSENCES[codeOf(error)];
  if (absence === undefined) throw error;
  return absence;
}
