/** What is in a directory: every name that a client could ask for, told of and put in order. */

import { lstatSync, type Stats } from "node:fs";
import { opendir } from "node:fs/promises";
import { basename } from "node:path/posix";
import { setImmediate as nextTurn } from "node:timers/promises";
import { decodeUtf8 } from "../wsgi/native-string.ts";
import { type Absence, absenceBy, isAbsence, look, realPathWithin } from "./files.ts";
import { systemPath } from "./path-bytes.ts";
import { escapePath, safePath } from "./safe-path.ts";

export interface ListedEntry {
  /** For people: bytes that are no UTF-8 are U+FFFD. */
  readonly name: string;
  /** Below the directory, percent-encoded; that of a directory ends in a slash. */
  readonly href: string;
  readonly isDirectory: boolean;
  /** In bytes; undefined for a directory. */
  readonly size: number | undefined;
  /** In milliseconds since 1970. */
  readonly modified: number;
  /** What names are compared by. */
  readonly key: string;
}

export interface ListedDirectory {
  /** Free of symbolic links. */
  readonly root: string;
  readonly path: string;
  /** The PATH_INFO that asks for it, which ends in a slash. */
  readonly pathInfo: string;
  readonly showsDotfiles: boolean;
}

export const SORT_KEYS = ["name", "size", "date"] as const;

export interface SortOrder {
  readonly by: (typeof SORT_KEYS)[number];
  readonly isDescending: boolean;
}

/**
 * Names that are looked at, compared or written before others have their turn: some milliseconds. All
 * of 100,000 take a second or two of the processor.
 */
export const NAMES_PER_TURN = 512;

/**
 * Those that would be found under their paths, and no others: no dotfiles, and no links that lead out.
 * The directory itself may be gone by now, or a link.
 */
export async function listEntries(
  directory: ListedDirectory,
): Promise<readonly ListedEntry[] | Absence> {
  const { root, path } = directory;
  try {
    const entries = await readEntries(directory);
    const isStillThere = path === root || realPathWithin(root, path) === path;
    return isStillThere ? entries : "nothing";
  } catch (error) {
    return absenceBy(error);
  }
}

async function readEntries(directory: ListedDirectory): Promise<readonly ListedEntry[]> {
  const entries: ListedEntry[] = [];
  // In Latin-1 a name is its bytes, as a native string is.
  const opened = await opendir(systemPath(directory.path), {
    encoding: "latin1",
    bufferSize: NAMES_PER_TURN,
  });
  for await (const { name } of opened) {
    const entry = entryOf(directory, name);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

function entryOf(directory: ListedDirectory, native: string): ListedEntry | undefined {
  const { root, path, pathInfo, showsDotfiles } = directory;
  const safe = safePath(`${pathInfo}${native}`, showsDotfiles);
  if (safe === undefined) return undefined;
  const stats = statsOf(root, `${path}/${basename(safe.name)}`);
  if (stats === undefined) return undefined;
  const name = decodeUtf8(native);
  const isDirectory = stats.isDirectory();
  return {
    name,
    // "./": what has a colon in it would be taken for a URL with a scheme (RFC 3986 §4.2).
    href: `./${escapePath(native)}${isDirectory ? "/" : ""}`,
    isDirectory,
    size: isDirectory ? undefined : stats.size,
    modified: stats.mtimeMs,
    key: sortKey(name),
  };
}

/** Of what a name leads to; undefined where that is out of the root, gone, or neither file nor directory. */
function statsOf(root: string, path: string): Stats | undefined {
  const own = lstatSync(systemPath(path), { throwIfNoEntry: false });
  const stats = own?.isSymbolicLink() ? linkedStats(root, path) : own;
  return stats?.isFile() || stats?.isDirectory() ? stats : undefined;
}

function linkedStats(root: string, path: string): Stats | undefined {
  const stats = look(path);
  if (isAbsence(stats) || isAbsence(realPathWithin(root, path))) return undefined;
  return stats;
}

const DIGITS = /\d+/g;
/** Longer numbers are compared as text. */
const PADDED_DIGITS = 12;
const ACCENTS = /\p{Mn}/gu;
const BEYOND_ASCII = /[^\x00-\x7f]/;

/** As people read names: without regard to case and accents, and 9 before 10. */
function sortKey(name: string): string {
  const plain = BEYOND_ASCII.test(name) ? name.normalize("NFKD").replace(ACCENTS, "") : name;
  return plain.toLowerCase().replace(DIGITS, (digits) => digits.padStart(PADDED_DIGITS, "0"));
}

/** Directories first, whatever the order. */
export async function inOrder(
  entries: readonly ListedEntry[],
  order: SortOrder,
): Promise<readonly ListedEntry[]> {
  let runs: (readonly ListedEntry[])[] = [];
  for (let at = 0; at < entries.length; at += NAMES_PER_TURN) {
    const run = entries.slice(at, at + NAMES_PER_TURN);
    runs.push(run.sort((one, other) => compare(one, other, order)));
    await nextTurn();
  }
  while (runs.length > 1) {
    const merged: (readonly ListedEntry[])[] = [];
    for (let at = 0; at < runs.length; at += 2) {
      merged.push(await merge(runs[at] ?? [], runs[at + 1] ?? [], order));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

async function merge(
  left: readonly ListedEntry[],
  right: readonly ListedEntry[],
  order: SortOrder,
): Promise<readonly ListedEntry[]> {
  const merged: ListedEntry[] = [];
  let at = 0;
  let turnAt = NAMES_PER_TURN;
  for (const entry of left) {
    for (let next = right[at]; next !== undefined && compare(next, entry, order) < 0; ) {
      merged.push(next);
      at += 1;
      next = right[at];
    }
    merged.push(entry);
    if (merged.length < turnAt) continue;
    turnAt = merged.length + NAMES_PER_TURN;
    await nextTurn();
  }
  for (const entry of right.slice(at)) merged.push(entry);
  return merged;
}

function compare(one: ListedEntry, other: ListedEntry, { by, isDescending }: SortOrder): number {
  if (one.isDirectory !== other.isDirectory) return one.isDirectory ? -1 : 1;
  const difference = COMPARISONS[by](one, other) || byName(one, other);
  return isDescending ? -difference : difference;
}

type Comparison = (one: ListedEntry, other: ListedEntry) => number;

const COMPARISONS: Readonly<Record<SortOrder["by"], Comparison>> = {
  name: byName,
  size: (one, other) => (one.size ?? 0) - (other.size ?? 0),
  date: (one, other) => one.modified - other.modified,
};

function byName(one: ListedEntry, other: ListedEntry): number {
  return compareText(one.key, other.key) || compareText(one.href, other.href);
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
