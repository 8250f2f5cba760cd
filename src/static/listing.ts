/** Answers for a directory without an index: what is in it, as a page or as JSON. */

import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { weightOf } from "../http/content-codings.ts";
import { trimOws } from "../http/fields.ts";
import { decodeUtf8 } from "../wsgi/native-string.ts";
import type { Environ, HeaderList, ResponseBody, StartResponse } from "../wsgi/types.ts";
import { plain } from "./file-answer.ts";
import { type Absence, isAbsence, look, realPathWithin } from "./files.ts";
import {
  inOrder,
  type ListedDirectory,
  listEntries,
  NAMES_PER_TURN,
  SORT_KEYS,
  type SortOrder,
} from "./listing-entries.ts";
import { CONTENT_SECURITY_POLICY } from "./listing-look.ts";
import { jsonParts, type ListingView, pageParts } from "./listing-page.ts";
import { systemPath } from "./path-bytes.ts";
import { safePath } from "./safe-path.ts";

export class Listing {
  readonly #root: string;
  readonly #showsDotfiles: boolean;

  /** `root` is free of symbolic links. */
  constructor(root: string, showsDotfiles: boolean) {
    this.#root = root;
    this.#showsDotfiles = showsDotfiles;
  }

  /** What is at a path; `"directory"`: one whose path ends in a slash, which this one does not. */
  find(pathInfo: string): ListedDirectory | "directory" | Absence {
    const safe = safePath(pathInfo, this.#showsDotfiles);
    if (safe === undefined) return "nothing";
    const root = this.#root;
    const path = safe.name === "" ? root : realPathWithin(root, join(root, safe.name));
    if (isAbsence(path)) return path;
    const stats = look(path);
    if (isAbsence(stats)) return stats;
    if (!stats.isDirectory()) return "nothing";
    if (!safe.endsInSlash) return "directory";
    if (!isReadable(path)) return "forbidden";
    return { root, path, pathInfo, showsDotfiles: this.#showsDotfiles };
  }
}

export async function answerWithListing(
  directory: ListedDirectory,
  environ: Environ,
  startResponse: StartResponse,
): Promise<ResponseBody> {
  const order = orderOf(environ.QUERY_STRING);
  const listed = await listEntries(directory);
  if (isAbsence(listed)) return giveAbsence(listed, environ, startResponse);
  const view: ListingView = {
    path: decodeUtf8(`${environ.SCRIPT_NAME}${environ.PATH_INFO}`),
    depth: environ.PATH_INFO.split("/").length - 2,
    order,
    entries: await inOrder(listed, order),
  };
  const isJson = prefersJson(environ.HTTP_ACCEPT);
  const parts = isJson ? jsonParts(view) : pageParts(view);
  const fields: HeaderList = [
    ["Content-Type", isJson ? "application/json" : "text/html; charset=utf-8"],
    // A file more or less changes no date that could be asked about.
    ["Cache-Control", "no-cache"],
    ["Vary", "Accept"],
    ["X-Content-Type-Options", "nosniff"],
  ];
  if (!isJson) fields.push(["Content-Security-Policy", CONTENT_SECURITY_POLICY]);
  if (view.entries.length > NAMES_PER_TURN) {
    startResponse("200 OK", fields);
    return inTurns(parts);
  }
  const page = Buffer.from([...parts].join(""));
  startResponse("200 OK", [...fields, ["Content-Length", String(page.length)]]);
  return environ.REQUEST_METHOD === "HEAD" ? [] : [page];
}

/** A directory that was there a moment ago. */
function giveAbsence(
  absence: Absence,
  { REQUEST_METHOD: method }: Environ,
  startResponse: StartResponse,
): ResponseBody {
  const { status, fields, parts } = plain(
    absence === "forbidden" ? "403 Forbidden" : "404 Not Found",
  );
  startResponse(status, fields.slice());
  return method === "HEAD" ? [] : parts.filter(Buffer.isBuffer);
}

/** Others have their turn between two pieces. */
async function* inTurns(parts: Iterable<string>): AsyncGenerator<Buffer> {
  for (const part of parts) {
    yield Buffer.from(part);
    await nextTurn();
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(systemPath(path), constants.R_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `sort=size&order=desc`; what is neither is passed over. */
function orderOf(query: string): SortOrder {
  const asked = new URLSearchParams(query);
  const by = SORT_KEYS.find((key) => key === asked.get("sort")) ?? "name";
  return { by, isDescending: asked.get("order") === "desc" };
}

/** RFC 9110 §12.5.1: whether JSON is named, and weighs more than a page. */
function prefersJson(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const ranges = accept.split(",").map((element) => {
    const [range = "", ...parameters] = element
      .split(";")
      .map((part) => trimOws(part).toLowerCase());
    return { range, weight: weightOf(parameters.filter((each) => each.startsWith("q="))) };
  });
  const weight = (type: string): number => ranges.find(({ range }) => range === type)?.weight ?? 0;
  return weight("application/json") > Math.max(weight("text/html"), weight("text/*"));
}
