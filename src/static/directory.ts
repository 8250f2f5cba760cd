/** The directory that is served: finds its files, keeps the small ones, and looks whether they changed. */
import { join } from "node:path";
import { isCompressible } from "../http/compressible.ts";
import type { ContentCoding } from "../http/content-codings.ts";
import type { HeaderList } from "../wsgi/types.ts";
import { FileCache } from "./file-cache.ts";
import { type Absence, isAbsence, look, readSmall, realPathWithin } from "./files.ts";
import { LEAST_LIVE_BYTES, LiveCodings, MOST_LIVE_BYTES } from "./live-codings.ts";
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
  /** Names of which the first that is there stands for its directory. */
  readonly index: readonly string[];
  /** Endings, with their dots, that a path may leave out. */
  readonly extensions: readonly string[];
  readonly showsDotfiles: boolean;
  /** What is looked for beside a file, and under which ending. */
  readonly codings: readonly (readonly [coding: ContentCoding, suffix: string])[];
  /** Whether that is made here where there is nothing beside the file. */
  readonly compresses: boolean;
  readonly cache: CacheLimits;
  readonly mediaType: (name: string) => string;
  readonly cacheControl: (name: string) => string;
  readonly headers: (name: string) => HeaderList;
}

/** A file, and the compressed ones beside it. */
export interface ServedFile {
  readonly plain: Representation;
  readonly coded: readonly Representation[];
  /** Of `coded`, in its order. */
  readonly codings: readonly ContentCoding[];
  /** Where there is nothing beside the file, and it is worth it. */
  readonly live: LiveCodings | undefined;
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
  bytes: number;
  checkedAt: number;
}

/** What an entry keeps beside a file's content: paths, fields and facts, 3.8 KB on Node.js 20. */
const ENTRY_BYTES = 4096;

interface NamedFile {
  readonly path: string;
  /** Below the directory, with `/` between its segments. */
  readonly name: string;
  /** Where no file was, and one would be found in its place. */
  readonly before?: readonly string[];
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
    const isFile = !isAbsence(stats) && stats.isFile();
    if (isFile && !safe.endsInSlash) return this.#loadFile(pathInfo, named, now);
    const longer = safe.endsInSlash ? undefined : this.#withExtension(named);
    if (longer !== undefined) return this.#loadFile(pathInfo, longer, now);
    if (isAbsence(stats)) return stats;
    if (!stats.isDirectory()) return "nothing";
    const index = this.#indexOf(named);
    if (isAbsence(index)) return index;
    if (safe.endsInSlash) return this.#loadFile(pathInfo, index, now);
    // What lies beyond a link that leads out is not even told to be there.
    const real = realPathWithin(this.root, index.path);
    return isAbsence(real) ? real : "directory";
  }

  #withExtension({ path, name }: NamedFile): NamedFile | undefined {
    // The directory itself has no name that could be longer.
    if (name === "") return undefined;
    const before = [path];
    for (const extension of this.#options.extensions) {
      const longer = { path: `${path}${extension}`, name: `${name}${extension}`, before };
      if (factsOf(longer.path) !== undefined) return longer;
      before.push(longer.path);
    }
    return undefined;
  }

  #indexOf({ path, name }: NamedFile): NamedFile | Absence {
    let absence: Absence = "nothing";
    const before: string[] = [];
    for (const index of this.#options.index) {
      const file = {
        path: join(path, index),
        name: name === "" ? index : `${name}/${index}`,
        before,
      };
      const stats = look(file.path);
      if (!isAbsence(stats)) {
        if (stats.isFile()) return file;
      } else if (stats === "forbidden") absence = stats;
      before.push(file.path);
    }
    return absence;
  }

  #loadFile(pathInfo: string, { path, name, before = [] }: NamedFile, now: number): Found {
    const { mediaType, cacheControl, headers } = this.#options;
    const looks = this.#looksAt(path);
    const usable = looks.filter(({ facts }) => isAsNewAs(facts, looks[0]?.facts));
    const type = mediaType(name);
    const isLive = usable.length === 1 && this.#mayCompress(type, usable[0]?.facts);
    const about = {
      mediaType: type,
      cacheControl: cacheControl(name),
      headers: headers(name),
      varies: usable.length > 1 || isLive,
      isLive: false,
    };
    const [first, ...others] = usable.map((seen) =>
      this.#partsOf(seen.path, { ...about, coding: seen.coding }),
    );
    if (first === undefined) return "nothing";
    if (isAbsence(first)) return first;
    const plain = makeRepresentation(first, now);
    const coded = others.flatMap((other) =>
      isAbsence(other) ? [] : makeRepresentation(other, now),
    );
    const live = isLive
      ? new LiveCodings(plain, first, ({ content }) => {
          this.#cache.grow(pathInfo, entry, ENTRY_BYTES + (content?.length ?? 0));
        })
      : undefined;
    const file = { plain, coded, codings: coded.flatMap(({ coding }) => coding ?? []), live };
    const entry: Entry = {
      file,
      looks: [...looks, ...before.map(absentAt)],
      bytes: bytesOf([plain, ...coded]),
      checkedAt: now,
    };
    this.#cache.set(pathInfo, entry);
    return file;
  }

  /** What is in no memory afterwards would be compressed again and again. */
  #mayCompress(mediaType: string, facts: FileFacts | undefined): boolean {
    const { compresses, cache } = this.#options;
    const { size = 0 } = facts ?? {};
    const isKept = 2 * (ENTRY_BYTES + size) <= cache.memory;
    const isOfSize = size >= LEAST_LIVE_BYTES && size <= MOST_LIVE_BYTES;
    return compresses && isOfSize && isKept && isCompressible(mediaType);
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

  #partsOf(
    path: string,
    about: Omit<RepresentationParts, "path" | "facts" | "content">,
  ): RepresentationParts | Absence {
    const real = realPathWithin(this.root, path);
    if (isAbsence(real)) return real;
    const read = readSmall(this.root, real, this.#options.cache.each);
    return isAbsence(read) ? read : { ...about, ...read, path: real };
  }
}

function absentAt(path: string): Look {
  return { path, coding: undefined, facts: undefined };
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
