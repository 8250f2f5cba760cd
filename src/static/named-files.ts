/** Files that an application names, below the directories that it may: with its fields, as answers. */

import { posix, resolve } from "node:path";
import { headerValue, removeHeader } from "../wsgi/header-list.ts";
import { decodePath, encodeUtf8 } from "../wsgi/native-string.ts";
import type { Environ, HeaderList, ResponseBody } from "../wsgi/types.ts";
import { Directory } from "./directory.ts";
import { answerWith, openAnswer, plain } from "./file-answer.ts";
import { mediaType } from "./media-types.ts";
import { CODED_SUFFIXES } from "./precompressed.ts";
import { type Answer, makeAnswer, type Representation } from "./representation.ts";
import { DEFAULT_CACHE, rootOf, StaticFilesError } from "./static-files.ts";
import { withoutContent } from "./validators.ts";

/** What the application has said beside the file's name. */
export interface NamingHead {
  readonly status: string;
  readonly headers: HeaderList;
}

export interface AnswerAbout extends NamingHead {
  readonly body: ResponseBody;
}

interface Root {
  /** Without a slash at its end. */
  readonly prefix: string;
  readonly directory: Directory;
}

/** The directories, and the names that lead into them. */
export class NamedFiles {
  readonly #roots: readonly Root[];
  readonly #decode: (name: string) => string;

  /** Named by where they are, as in `X-Sendfile`. @throws {StaticFilesError} */
  static byPath(paths: readonly string[]): NamedFiles {
    const roots = paths.flatMap((path) => {
      const directory = directoryAt(path);
      // As it was given, and as it is called without links: applications know either.
      return [resolve(path), directory.root].map((prefix) => ({
        prefix: encodeUtf8(prefix),
        directory,
      }));
    });
    return new NamedFiles(roots, (name) => name);
  }

  /** Named by URLs, as in `X-Accel-Redirect`. @throws {StaticFilesError} */
  static byPrefix(table: Readonly<Record<string, string>>): NamedFiles {
    const roots = Object.entries(table).map(([prefix, path]) => {
      if (prefix.startsWith("/"))
        return { prefix: encodeUtf8(prefix), directory: directoryAt(path) };
      throw new StaticFilesError(`the path ${JSON.stringify(prefix)} does not begin with a slash`);
    });
    return new NamedFiles(roots, decodedPath);
  }

  private constructor(roots: readonly Root[], decode: (name: string) => string) {
    this.#roots = roots
      .map(({ prefix, directory }) => ({ prefix: prefix.replace(/\/+$/, ""), directory }))
      .sort((one, other) => other.prefix.length - one.prefix.length);
    this.#decode = decode;
  }

  get isEmpty(): boolean {
    return this.#roots.length === 0;
  }

  get names(): readonly string[] {
    return [...new Set(this.#roots.map(({ prefix }) => prefix))];
  }

  /** Undefined where the name leads into none of the directories; whether a file is there is seen later. */
  find(name: string): NamedFile | undefined {
    const path = posix.normalize(this.#decode(name));
    const root = this.#roots.find(({ prefix }) => path.startsWith(`${prefix}/`));
    return root && new NamedFile(root.directory, path.slice(root.prefix.length));
  }
}

export class NamedFile {
  readonly #directory: Directory;
  /** A native string, as PATH_INFO is. */
  readonly #path: string;

  constructor(directory: Directory, path: string) {
    this.#directory = directory;
    this.#path = path;
  }

  /** 404 where no file is there. @throws {FileChangedError} */
  answer(head: NamingHead, environ: Environ): AnswerAbout {
    const opened = openAnswer(this.#directory, this.#path, environ, ({ plain: file }) => {
      const told = toldBy(head, file);
      return {
        file: told,
        answer: isAsked(head, environ) ? answerWith(told, environ) : told.whole,
      };
    });
    if (typeof opened !== "string") return given(opened.answer, opened.body);
    const { fields, status, parts } = opened === "forbidden" ? FORBIDDEN : NOT_FOUND;
    return given({ status, fields, parts }, parts.filter(Buffer.isBuffer));
  }
}

const FORBIDDEN = plain("403 Forbidden");
const NOT_FOUND = plain("404 Not Found");

function given({ status, fields }: Answer, body: ResponseBody): AnswerAbout {
  return { status, headers: fields.map(([name, value]) => [name, value]), body };
}

/** Conditions and ranges are for what GET is answered with; an application may have judged them, too (206). */
function isAsked({ status }: NamingHead, { REQUEST_METHOD: method }: Environ): boolean {
  return (method === "GET" || method === "HEAD") && /^20[06]/.test(status);
}

/** What is the file's to say. */
const OF_FILE = [
  "Content-Length",
  "Content-Range",
  "Content-Encoding",
  "Accept-Ranges",
  "Transfer-Encoding",
];

/** The file as the application wants it told of: its type, its validators and all else that it says. */
function toldBy({ status, headers }: NamingHead, file: Representation): Representation {
  const told = headers.slice();
  const type = headerValue(told, "Content-Type") ?? file.mediaType;
  const coding = codingOf(file.path, headerValue(told, "Content-Encoding"));
  for (const name of ["Content-Type", ...OF_FILE]) removeHeader(told, name);
  const etag = headerValue(told, "ETag");
  const lastModified = headerValue(told, "Last-Modified");
  if (etag === undefined) told.push(["ETag", file.etag]);
  if (lastModified === undefined) told.push(["Last-Modified", file.lastModified]);
  const fields: HeaderList = [
    ["Content-Type", type],
    ["Content-Length", String(file.facts.size)],
    ...told,
    ...coding,
    ["Accept-Ranges", "bytes"],
  ];
  const whole = /^20[06]/.test(status) ? "200 OK" : status;
  return {
    ...file,
    mediaType: type,
    etag: etag ?? file.etag,
    lastModified: lastModified ?? file.lastModified,
    isWeak: (etag ?? file.etag).startsWith("W/"),
    whole: makeAnswer(whole, fields, file.whole.parts),
    unchanged: makeAnswer("304 Not Modified", withoutContent(told), []),
  };
}

/** Of a body of its own an application may say another; of `data.csv.gz` it says this one, as Flask does. */
function codingOf(path: string, said: string | undefined): HeaderList {
  const isOfFile = CODED_SUFFIXES.some(
    ([coding, suffix]) => said?.toLowerCase() === coding && path.endsWith(suffix),
  );
  return said !== undefined && isOfFile ? [["Content-Encoding", said]] : [];
}

function directoryAt(path: string): Directory {
  return new Directory(rootOf(path), {
    ...{ index: [], extensions: [], codings: [], compresses: false },
    // Which of its files are for whom is what the application has decided.
    showsDotfiles: true,
    cache: DEFAULT_CACHE,
    mediaType,
    cacheControl: () => "",
    headers: () => [],
  });
}

/** Of a URL's path, without its query. */
function decodedPath(url: string): string {
  const [path = ""] = url.split("?", 1);
  return decodePath(path);
}
