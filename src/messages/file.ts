/** One file as a response: validators, ranges and conditions are those of `portico/static`. */
import { join, parse, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Part } from "../static/byte-ranges.ts";
import { fileBody } from "../static/file-body.ts";
import { FileChangedError } from "../static/file-pieces.ts";
import { type Absence, isAbsence, readSmall, realPathWithin } from "../static/files.ts";
import { mediaType as mediaTypeOf } from "../static/media-types.ts";
import { makeRepresentation, type Representation } from "../static/representation.ts";
import { safePath } from "../static/safe-path.ts";
import { encodeUtf8, percentEncoded } from "../wsgi/native-string.ts";
import type { ResponseBody } from "../wsgi/types.ts";
import { SizedContent } from "./content.ts";
import { HttpError } from "./http-error.ts";
import { HttpResponse, type ResponseOptions } from "./http-response.ts";

export interface FileOptions extends ResponseOptions {
  /**
   * The directory that the path must be in, where a client has a say in it: no `..`, no link that leads
   * out, no name that begins with a dot. Without it the path is trusted.
   */
  readonly root?: string | URL;
  /** By the ending of the file's name if not given. */
  readonly mediaType?: string;
  /** Makes browsers save it, under this name. */
  readonly downloadAs?: string;
  /** Seconds for which a client need not ask again; 0 if not given: it asks, and mostly gets a 304. */
  readonly maxAge?: number;
}

/** Larger ones are read while they are sent. */
const READ_AT_ONCE = 65_536;

/** @throws {HttpError} 404: there is no such file; 403: it may not be read */
export function file(path: string | URL, options: FileOptions = {}): HttpResponse {
  const { root, mediaType, downloadAs, maxAge = 0, ...rest } = options;
  const place = root === undefined ? anywhere(pathOf(path)) : within(pathOf(root), path);
  const found = place === undefined ? "nothing" : find(place, { mediaType, maxAge });
  if (isAbsence(found)) throw new HttpError(found === "forbidden" ? 403 : 404);
  const response = new HttpResponse(new FileContent(found), rest);
  for (const [name, value] of found.whole.fields) {
    if (response.header(name) === undefined) response.setHeader(name, value);
  }
  if (downloadAs !== undefined) {
    response.setHeader("Content-Disposition", attachment(downloadAs));
  }
  return response;
}

/** A file's path, and the directory that it has to be in. */
interface Place {
  readonly root: string;
  readonly path: string;
}

function pathOf(path: string | URL): string {
  return resolve(path instanceof URL ? fileURLToPath(path) : path);
}

function anywhere(path: string): Place {
  return { root: parse(path).root, path };
}

/** Undefined where the path names nothing that may be served. */
function within(directory: string, path: string | URL): Place | undefined {
  if (path instanceof URL) throw new TypeError("a path below a root is text, not a URL");
  const root = realPathWithin(parse(directory).root, directory);
  const safe = safePath(encodeUtf8(`/${path}`), false);
  if (isAbsence(root) || safe === undefined || safe.endsInSlash) return undefined;
  return { root, path: join(root, safe.name) };
}

function find(
  { root, path }: Place,
  { mediaType, maxAge }: { readonly mediaType: string | undefined; readonly maxAge: number },
): Representation | Absence {
  const real = realPathWithin(root, path);
  if (isAbsence(real)) return real;
  const read = readSmall(root, real, READ_AT_ONCE);
  if (isAbsence(read)) return read;
  const about = {
    mediaType: mediaType ?? mediaTypeOf(path),
    cacheControl: `max-age=${maxAge}`,
    coding: undefined,
    headers: [],
    varies: false,
    isLive: false,
  };
  return makeRepresentation({ ...about, ...read, path: real }, Date.now());
}

class FileContent extends SizedContent {
  readonly #file: Representation;

  constructor(representation: Representation) {
    super(representation.mediaType);
    this.#file = representation;
  }

  override get size(): number {
    return this.#file.facts.size;
  }

  /** @throws {FileChangedError} it is that version no more */
  override open(parts: readonly Part[]): ResponseBody {
    const body = fileBody(this.#file, parts);
    if (body === undefined) throw new FileChangedError(this.#file.path);
    return body;
  }
}

// RFC 8187 §3.2.1: attr-char
const NOT_IN_EXTENDED = /[^A-Za-z0-9!#$&+\-.^_`|~]/gu;

/** RFC 6266 §4.3 and Appendix D: the name in ASCII for who knows no other, and in UTF-8. */
function attachment(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  if (ascii === name) return `attachment; filename="${name}"`;
  const extended = name.replace(NOT_IN_EXTENDED, percentEncoded);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${extended}`;
}
