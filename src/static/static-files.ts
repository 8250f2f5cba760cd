/** An application that answers with the files of a directory, and what can be said about that. */

import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeUtf8 } from "../wsgi/native-string.ts";
import type { Application } from "../wsgi/types.ts";
import { type CacheLimits, Directory } from "./directory.ts";
import { isHashedName } from "./hashed-name.ts";
import { Listing } from "./listing.ts";
import { mediaType } from "./media-types.ts";
import { headersProblem, problemOf } from "./option-rules.ts";
import { CODED_SUFFIXES } from "./precompressed.ts";
import { Site } from "./site.ts";

export interface StaticFilesOptions {
  /** The file that stands for its directory, or several, of which the first there is does; `index.html` if not given. */
  readonly index?: string | readonly string[];
  /** Endings that a path may leave out: with `["html"]`, `/about` is `about.html`; none if not given. */
  readonly extensions?: readonly string[];
  /** Whether names that begin with a dot are served; beside `/.well-known/` they are not if not given. */
  readonly dotfiles?: boolean;
  /** Seconds for which a client need not ask again; 0 if not given: it asks, and mostly gets a 304. */
  readonly maxAge?: number;
  /** Whether a file of this name, as `assets/app-3f2a9c1d.js`, never changes: it is asked for once. */
  readonly isImmutable?: "hashed" | ((name: string) => boolean);
  /** Fields for each answer with a file, or those for a file of this name. */
  readonly headers?: Fields | ((name: string) => Fields);
  /** Whether `.br`, `.zst` and `.gz` files beside a file are sent in its place; `true` if not given. */
  readonly precompressed?: boolean;
  /** Whether a file that has none of these is compressed here, once; `true` if not given. */
  readonly compress?: boolean;
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

/** By name, as `{ "Access-Control-Allow-Origin": "*" }`. */
export type Fields = Readonly<Record<string, string>>;

/** The directory or an option is not what it must be; the message names it. */
export class StaticFilesError extends Error {
  override readonly name: string = "StaticFilesError";
}

export const DEFAULT_CACHE: CacheLimits = {
  // As much as the server gives to a socket at once (docs/http.md); a larger answer is queued.
  each: 262_144,
  memory: 64 * 1024 ** 2,
  freshness: 1000,
};

const ONE_YEAR = 31_536_000;

/**
 * Serves what is in `directory`, to GET and HEAD, by PATH_INFO: it may be mounted anywhere.
 * @throws {StaticFilesError} there is no such directory, fallback or page, or an option has no meaning
 */
export function staticFiles(
  directory: string | URL,
  options: StaticFilesOptions = {},
): Application {
  const problem = problemOf(options);
  if (problem !== undefined) throw new StaticFilesError(problem);
  const files = openDirectory(rootOf(directory), options);
  const site = new Site(files, {
    fallback: pathOf("fallback", options.fallback, files),
    notFound: pathOf("notFound", options.notFound, files),
    listing: options.listing ? new Listing(files.root, options.dotfiles ?? false) : undefined,
  });
  return (environ, startResponse) => site.answer(environ, startResponse);
}

function openDirectory(root: string, options: StaticFilesOptions): Directory {
  const { index = "index.html", mediaTypes, maxAge = 0, isImmutable, headers = {} } = options;
  const neverChanges = isImmutable === "hashed" ? isHashedName : (isImmutable ?? (() => false));
  return new Directory(root, {
    index: typeof index === "string" ? [index] : index,
    extensions: (options.extensions ?? []).map((extension) => `.${extension}`),
    showsDotfiles: options.dotfiles ?? false,
    codings: (options.precompressed ?? true) ? CODED_SUFFIXES : [],
    compresses: options.compress ?? true,
    cache: { ...DEFAULT_CACHE, ...options.cache },
    mediaType: (name) => mediaType(name, mediaTypes),
    cacheControl: (name) =>
      neverChanges(name) ? `max-age=${ONE_YEAR}, immutable` : `max-age=${maxAge}`,
    headers: (name) => fieldsFor(name, headers),
  });
}

/** @throws {StaticFilesError} a field is not for others to say */
function fieldsFor(
  name: string,
  headers: NonNullable<StaticFilesOptions["headers"]>,
): [string, string][] {
  if (typeof headers !== "function") return Object.entries(headers);
  const fields = headers(name);
  const problem = headersProblem(fields);
  if (problem !== undefined) throw new StaticFilesError(`${problem}, as ${JSON.stringify(name)}`);
  return Object.entries(fields);
}

/** Free of symbolic links. @throws {StaticFilesError} it is no directory, or cannot be looked at */
export function rootOf(directory: string | URL): string {
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
  const path = encodeUtf8(`/${name}`);
  if (typeof files.find(path, Date.now()) === "object") return path;
  throw new StaticFilesError(`${option} is ${JSON.stringify(name)}, and no file in ${files.root}`);
}
