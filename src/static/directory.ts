/** The directory that is served: finds its files, keeps the small ones, and looks whether they changed. */
import { join } from "node:path";
import { FileCache } from "./file-cache.ts";
import { type Absence, isAbsence, look, readSmall, realPathWithin } from "./files.ts";
import type { ContentCoding } from "./precompressed.ts";
import {
  areSame,
  type FileFacts,
  makeRepresentation,
  type Representation,
  type RepresentationParts,
} from "./representation.ts";
import { safePath } from "./safe-path.ts";

/** What a process keeps of files, and for how long it trusts that. */
export interface CacheLimits {
  /** Bytes up to which a file is kept in memory; larger ones are read for each answer. */
  readonly each: number;
  /** Bytes of all that is kept. */
  readonly memory: number;
  /** Milliseconds after which a file is looked at again before it is sent. */
  readonly freshness: number;
}

export interface DirectoryOptions {
  readonly index: string;
  readonly showsDotfiles: boolean;
  /** What is looked for beside a file, and under which ending. */
  readonly codings: readonly (readonly [coding: ContentCoding, suffix: string])[];
  readonly cache: CacheLimits;
  readonly mediaType: (name: string) => string;
  readonly cacheControl: (name: string) => string;
}

/** A file, and the compressed ones beside it. */
export interface ServedFile {
  readonly plain: Representation;
  readonly coded: readonly Representation[];
  /** Of `coded`, in its order. */
  readonly codings: readonly ContentCoding[];
}

/** Refused: the path names nothing that may be served, whatever there is. */
export type Found = ServedFile | "directory" | "refused" | Absence;

/** What was seen at a path; undefined: no file. */
interface Look {
  readonly path: string;
  readonly coding: ContentCoding | undefined;
  readonly facts: FileFacts | undefined;
}

interface Entry {
  readonly file: ServedFile;
  readonly looks: readonly Look[];
  readonly bytes: number;
  checkedAt: number;
}

/** What an entry keeps beside a file's content: paths, fields and facts, 3.8 KB on Node.js 20. */
const ENTRY_BYTES = 4096;

interface NamedFile {
  readonly path: string;
  /** Below the directory, with `/` between its segments. */
  readonly name: string;
}

export class Directory {
  /** Free of symbolic links. */
  readonly root: string;
  readonly #options: DirectoryOptions;
  readonly #cache: FileCache<Entry>;

  constructor(root: string, options: DirectoryOptions) {
    this.root = root;
    this.#options = options;
    this.#cache = new FileCache(options.cache.memory);
  }

  /** `now` is in milliseconds. @throws what an error says that is not about this path alone */
  find(pathInfo: string, now: number): Found {
    const known = this.#cache.get(pathInfo);
    if (known === undefined) return this.#load(pathInfo, now);
    // A clock that was set back makes nothing fresh.
    if (Math.abs(now - known.checkedAt) < this.#options.cache.freshness) return known.file;
    if (isUnchanged(known)) {
      known.checkedAt = now;
      return known.file;
    }
    this.forget(pathInfo);
    return this.#load(pathInfo, now);
  }

  /** What is known of a path has turned out to be old. */
  forget(pathInfo: string): void {
    this.#cache.delete(pathInfo);
  }

  #load(pathInfo: string, now: number): Found {
    const safe = safePath(pathInfo, this.#options.showsDotfiles);
    if (safe === undefined) return "refused";
    const named = { path: join(this.root, safe.name), name: safe.name };
    const stats = look(named.path);
    if (isAbsence(stats)) return stats;
    if (stats.isDirectory()) {
      const index = this.#indexOf(named);
      const indexStats = look(index.path);
      if (isAbsence(indexStats)) return indexStats;
      if (!indexStats.isFile()) return "nothing";
      if (safe.endsInSlash) return this.#loadFile(pathInfo, index, now);
      // What lies beyond a link that leads out is not even told to be there.
      const real = realPathWithin(this.root, index.path);
      return isAbsence(real) ? real : "directory";
    }
    const isFile = stats.isFile() && !safe.endsInSlash;
    return isFile ? this.#loadFile(pathInfo, named, now) : "nothing";
  }

  #indexOf({ path, name }: NamedFile): NamedFile {
    const { index } = this.#options;
    return { path: join(path, index), name: name === "" ? index : `${name}/${index}` };
  }

  #loadFile(pathInfo: string, { path, name }: NamedFile, now: number): Found {
    const looks = this.#looksAt(path);
    const usable = looks.filter(({ facts }) => isAsNewAs(facts, looks[0]?.facts));
    const about = {
      mediaType: this.#options.mediaType(name),
      cacheControl: this.#options.cacheControl(name),
      varies: usable.length > 1,
    };
    const [plain, ...others] = usable.map((seen) =>
      this.#represent(seen.path, { ...about, coding: seen.coding }, now),
    );
    if (plain === undefined) return "nothing";
    if (isAbsence(plain)) return plain;
    const coded = others.flatMap((other) => (isAbsence(other) ? [] : other));
    const codings = coded.flatMap(({ coding }) => coding ?? []);
    const file = { plain, coded, codings };
    this.#cache.set(pathInfo, { file, looks, bytes: bytesOf([plain, ...coded]), checkedAt: now });
    return file;
  }

  /** The file itself first. */
  #looksAt(path: string): Look[] {
    return [
      { path, coding: undefined, facts: factsOf(path) },
      ...this.#options.codings.map(([coding, suffix]) => {
        const beside = `${path}${suffix}`;
        return { path: beside, coding, facts: factsOf(beside) };
      }),
    ];
  }

  #represent(
    path: string,
    about: Omit<RepresentationParts, "path" | "facts" | "content">,
    now: number,
  ): Representation | Absence {
    const real = realPathWithin(this.root, path);
    if (isAbsence(real)) return real;
    const read = readSmall(this.root, real, this.#options.cache.each);
    return isAbsence(read) ? read : makeRepresentation({ ...about, ...read, path: real }, now);
  }
}

function factsOf(path: string): FileFacts | undefined {
  const stats = look(path);
  if (isAbsence(stats) || !stats.isFile()) return undefined;
  const { dev, ino, size, mtimeMs, ctimeMs } = stats;
  return { dev, ino, size, mtimeMs, ctimeMs };
}

/** Whoever changes a file and forgets the compressed ones has the change sent all the same. */
function isAsNewAs(facts: FileFacts | undefined, plain: FileFacts | undefined): boolean {
  if (facts === undefined || plain === undefined) return false;
  // In seconds: more is not kept by all that copies files.
  return Math.floor(facts.mtimeMs / 1000) >= Math.floor(plain.mtimeMs / 1000);
}

/** What has weak validators is read again until it has strong ones. */
function isUnchanged({ file, looks }: Entry): boolean {
  if (file.plain.isWeak || file.coded.some(({ isWeak }) => isWeak)) return false;
  return looks.every(({ path, facts }) => {
    const seen = factsOf(path);
    return seen === undefined || facts === undefined ? seen === facts : areSame(seen, facts);
  });
}

function bytesOf(representations: readonly Representation[]): number {
  return representations.reduce(
    (sum, { content }) => sum + ENTRY_BYTES + (content?.length ?? 0),
    0,
  );
}
