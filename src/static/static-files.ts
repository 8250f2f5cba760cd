/** An application that answers with the files of a directory, and what can be said about that. */
import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Application } from "../wsgi/types.ts";
import { type CacheLimits, Directory } from "./directory.ts";
import { Listing } from "./listing.ts";
import { mediaType } from "./media-types.ts";
import { CODED_SUFFIXES } from "./precompressed.ts";
import { Site } from "./site.ts";

export interface StaticFilesOptions {
  /** The file that stands for its directory; `index.html` if not given. */
  readonly index?: string;
  /** Whether names that begin with a dot are served; beside `/.well-known/` they are not if not given. */
  readonly dotfiles?: boolean;
  /** Seconds for which a client need not ask again; 0 if not given: it asks, and mostly gets a 304. */
  readonly maxAge?: number;
  /** Whether a file of this name, as `assets/app-3f2a9c1d.js`, never changes: it is asked for once. */
  readonly isImmutable?: (name: string) => boolean;
  /** Whether `.br`, `.zst` and `.gz` files beside a file are sent in its place; `true` if not given. */
  readonly precompressed?: boolean;
  /** By ending, before those of the table: `{ ".glsl": "text/plain; charset=utf-8" }`. */
  readonly mediaTypes?: Readonly<Record<string, string>>;
  /** The file that answers, with 200, for a path without an ending where there is no file. */
  readonly fallback?: string;
  /** The file that is the body of a 404 answer. */
  readonly notFound?: string;
  /** Whether a directory without an index answers with what is in it, as a page or as JSON; `false` if not given. */
  readonly listing?: boolean;
  /** For how much and how long files are kept in memory; 64 MiB, each up to 256 KiB, for a second. */
  readonly cache?: Partial<CacheLimits>;
}

const DEFAULT_CACHE: CacheLimits = {
  // As much as the server gives to a socket at once (docs/http.md); a larger answer is queued.
  each: 262_144,
  memory: 64 * 1024 ** 2,
  freshness: 1000,
};

/** The directory or an option is not what it must be; the message names it. */
export class StaticFilesError extends Error {
  override readonly name: string = "StaticFilesError";
}

const ONE_YEAR = 31_536_000;

/**
 * Serves what is in `directory`, to GET and HEAD, by PATH_INFO: it may be mounted anywhere.
 * @throws {StaticFilesError} there is no such directory, fallback or page, or an option has no meaning
 */
export function staticFiles(
  directory: string | URL,
  options: StaticFilesOptions = {},
): Application {
  mustHaveMeaning(options);
  const files = openDirectory(rootOf(directory), options);
  const site = new Site(files, {
    fallback: pathOf("fallback", options.fallback, files),
    notFound: pathOf("notFound", options.notFound, files),
    listing: options.listing ? new Listing(files.root, options.dotfiles ?? false) : undefined,
  });
  return (environ, startResponse) => site.answer(environ, startResponse);
}

function openDirectory(root: string, options: StaticFilesOptions): Directory {
  const { mediaTypes, maxAge = 0, isImmutable = () => false } = options;
  return new Directory(root, {
    index: options.index ?? "index.html",
    showsDotfiles: options.dotfiles ?? false,
    codings: (options.precompressed ?? true) ? CODED_SUFFIXES : [],
    cache: { ...DEFAULT_CACHE, ...options.cache },
    mediaType: (name) => mediaType(name, mediaTypes),
    cacheControl: (name) =>
      isImmutable(name) ? `max-age=${ONE_YEAR}, immutable` : `max-age=${maxAge}`,
  });
}

function mustHaveMeaning(options: StaticFilesOptions): void {
  const { maxAge = 0, index = "", mediaTypes = {}, cache = {} } = options;
  if (!Number.isSafeInteger(maxAge) || maxAge < 0) {
    throw new StaticFilesError(`maxAge is ${maxAge}, not a whole number of seconds`);
  }
  if (/[/\\\0]/.test(index)) {
    throw new StaticFilesError(`index is ${JSON.stringify(index)}, not a file's name`);
  }
  for (const [limit, value] of Object.entries(cache)) {
    // NaN is less than nothing, too: of a setting that is missing it would keep no file at all.
    if (!(value >= 0)) throw new StaticFilesError(`cache.${limit} is ${value}, not 0 or more`);
  }
  for (const [ending, type] of Object.entries(mediaTypes)) mustBeMediaType(ending, type);
}

// RFC 9110 §8.3.1, without quoted strings.
const MEDIA_TYPE =
  /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+(?:; ?[\w!#$%&'*+.^`|~-]+=[\w!#$%&'*+.^`|~-]+)*$/;

function mustBeMediaType(ending: string, type: string): void {
  if (!/^\.[^./\\]+$/.test(ending) || ending !== ending.toLowerCase()) {
    throw new StaticFilesError(
      `mediaTypes has ${JSON.stringify(ending)}; an ending is like ".glsl", in small letters`,
    );
  }
  if (!MEDIA_TYPE.test(type)) {
    throw new StaticFilesError(`${JSON.stringify(type)}, for ${ending}, is no media type`);
  }
}

/** @throws {StaticFilesError} it is no directory, or cannot be looked at */
function rootOf(directory: string | URL): string {
  const path = resolve(directory instanceof URL ? fileURLToPath(directory) : directory);
  try {
    if (statSync(path).isDirectory()) return realpathSync.native(path);
  } catch (error) {
    throw new StaticFilesError(`the directory ${JSON.stringify(path)} cannot be served`, {
      cause: error,
    });
  }
  throw new StaticFilesError(`${JSON.stringify(path)} is not a directory`);
}

/** A file's name as the PATH_INFO that asks for it. */
function pathOf(option: string, name: string | undefined, files: Directory): string | undefined {
  if (name === undefined) return undefined;
  const path = Buffer.from(`/${name}`).toString("latin1");
  if (typeof files.find(path, Date.now()) === "object") return path;
  throw new StaticFilesError(`${option} is ${JSON.stringify(name)}, and no file in ${files.root}`);
}
