/** Compresses what an application answers, in a coding that the client accepts (RFC 9110 §8.4). */
import { isCompressible } from "../http/compressible.ts";
import { type ContentCoding, preferredCoding } from "../http/content-codings.ts";
import {
  CODINGS,
  CODINGS_HERE,
  compressLater,
  compressNow,
  LEVEL_RANGES,
  type Levels,
} from "../static/compression.ts";
import { addToList, headerValue, removeHeader, setHeader } from "../wsgi/header-list.ts";
import { encodeUtf8 } from "../wsgi/native-string.ts";
import type { Environ, HeaderList, Middleware } from "../wsgi/types.ts";
import { holdAnswers, type Plan, type WholeAnswer } from "./answer-plan.ts";
import type { Head } from "./change-head.ts";
import { encodedBody } from "./encoded-body.ts";
import { OptionJudge } from "./option-error.ts";
import { isWholeBody } from "./wrapped-body.ts";

export interface CompressOptions {
  /** Of equal wishes of the client the first is met; `zstd` (from Node.js 22.15 on), `br` and `gzip` if not given. */
  readonly codings?: readonly ContentCoding[];
  /** Bytes from which on an answer is compressed, where its length is known; 1024 if not given. */
  readonly threshold?: number;
  /** Whether this Content-Type is worth it; text, JSON, XML, scripts, fonts and the like if not given. */
  readonly types?: (contentType: string) => boolean;
  /** By coding; `{ br: 4, zstd: 3, gzip: 6 }` if not given. */
  readonly levels?: Partial<Levels>;
  /** Paths that are left alone, with all below them: those that mix secrets with what visitors say. */
  readonly except?: readonly string[];
}

/**
 * What a request can wait for: brotli at 4 makes what gzip makes at 6, in less time; at 5 it is 8 % less, for
 * nearly twice the time. 6 and 3 are the defaults of zlib and zstd.
 */
const DEFAULT_LEVELS: Levels = { br: 4, zstd: 3, gzip: 6 };

/** Zstd at 3 takes an eighth of the time of brotli at 4, and gives 7 % more: what is made for each request anew is made quickly. */
const DEFAULT_CODINGS: readonly ContentCoding[] = ["zstd", "br", "gzip"];

/** A packet carries so much in any case, and what is shorter hardly shrinks. */
const DEFAULT_THRESHOLD = 1024;

/** Up to here the event loop is held up for less than the way through the thread pool costs. */
const NOW_BYTES = 8192;

/** Up to here an answer that is complete is compressed as a whole; the memory for more is not spent. */
const WHOLE_BYTES = 1024 ** 2;

/**
 * Answers of a compressible type are compressed: complete ones as a whole, all others piece by piece,
 * each as soon as it is there.
 * @throws {OptionError} an option has no meaning
 * @example
 * ```ts
 * import { compress } from "portico/middleware/compress";
 *
 * export default compress()(application);
 * ```
 */
export function compress(options: CompressOptions = {}): Middleware {
  mustHaveMeaning(options);
  const settings: Settings = {
    codings: (options.codings ?? DEFAULT_CODINGS).filter((coding) => CODINGS_HERE.includes(coding)),
    threshold: options.threshold ?? DEFAULT_THRESHOLD,
    types: options.types ?? isCompressible,
    levels: { ...DEFAULT_LEVELS, ...options.levels },
  };
  const except = (options.except ?? []).map((path) => encodeUtf8(path.replace(/\/+$/, "")));
  return holdAnswers((head, environ) =>
    except.some((path) => isBelow(path, environ)) ? undefined : planFor(head, environ, settings),
  );
}

interface Settings {
  readonly codings: readonly ContentCoding[];
  readonly threshold: number;
  readonly types: (contentType: string) => boolean;
  readonly levels: Levels;
}

function mustHaveMeaning({
  codings = [],
  threshold = 0,
  levels,
  except = [],
}: CompressOptions): void {
  const judge = new OptionJudge("compress");
  for (const coding of codings) {
    const problem = `has ${JSON.stringify(coding)}; there are br, zstd and gzip`;
    judge.must(Object.hasOwn(LEVEL_RANGES, coding), "codings", problem);
  }
  judge.mustBeCount("threshold", threshold, "bytes");
  for (const coding of CODINGS) {
    const [least, most] = LEVEL_RANGES[coding];
    const level = levels?.[coding] ?? least;
    const isLevel = Number.isInteger(level) && level >= least && level <= most;
    judge.must(isLevel, `levels.${coding}`, `is ${level}, not a level from ${least} to ${most}`);
  }
  for (const path of except) {
    const problem = `has ${JSON.stringify(path)}, which does not begin with a slash`;
    judge.must(path.startsWith("/"), "except", problem);
  }
}

function isBelow(path: string, { SCRIPT_NAME, PATH_INFO }: Environ): boolean {
  // Many applications take two slashes for one, and whoever makes a visitor ask may write them.
  const asked = `${SCRIPT_NAME}${PATH_INFO}`.replace(/\/{2,}/g, "/");
  return asked === path || asked.startsWith(`${path}/`);
}

function planFor(head: Head, environ: Environ, settings: Settings): Plan | undefined {
  if (head.status.startsWith("304")) return asUnchanged(head, environ);
  if (!isWorthwhile(head, settings)) return undefined;
  const coding = preferredCoding(environ.HTTP_ACCEPT_ENCODING, settings.codings);
  const isHead = environ.REQUEST_METHOD === "HEAD";
  return {
    written: "passed on",
    finish: (body, wasReplaced) => {
      const answer: WholeAnswer = { ...head, body };
      const size = isHead ? sizeOfHead(answer) : sizeOf(answer);
      if (size === "odd" || (size !== undefined && size < settings.threshold)) return answer;
      addToList(head.headers, "Vary", "Accept-Encoding");
      if (coding === undefined) return answer;
      if (isHead) return asOfHead(answer, coding, size);
      const way: Way = { coding, level: settings.levels[coding] };
      const isWhole = isWholeBody(body) && size !== undefined && size <= WHOLE_BYTES;
      return isWhole ? compressWhole(answer, body, way) : compressStream(answer, way, wasReplaced);
    },
  };
}

interface Way {
  readonly coding: ContentCoding;
  readonly level: number;
}

/** In bytes, where it is known; odd where it is not what was said, which is for the server to refuse. */
function sizeOf({ headers, body }: Omit<WholeAnswer, "status">): number | "odd" | undefined {
  const said = lengthOf(headers);
  if (!isWholeBody(body)) return said;
  let size = 0;
  for (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) return "odd";
    size += chunk.length;
  }
  return said === undefined || said === size ? size : "odd";
}

/** Of the answer that GET would get: with HEAD there may be no body. */
function sizeOfHead({ headers, body }: WholeAnswer): number | "odd" | undefined {
  const said = lengthOf(headers);
  return said === undefined && isWholeBody(body) && body.length > 0
    ? sizeOf({ headers, body })
    : said;
}

/** RFC 9110 §8.6: a number, or none that counts. */
function lengthOf(headers: HeaderList): number | undefined {
  const length = headerValue(headers, "Content-Length");
  return length !== undefined && /^[0-9]+$/.test(length) ? Number(length) : undefined;
}

/** Those without content (RFC 9110 §6.4.1), and the one that has a part of it. */
const LEFT_ALONE = /^(?:1|204|205|206)/;

/** They speak of the very bytes that are sent (RFC 9530). */
const DIGESTS = ["Content-Digest", "Repr-Digest", "Digest", "Content-MD5"];

function isWorthwhile({ status, headers }: Head, { types }: Settings): boolean {
  const type = headerValue(headers, "Content-Type");
  if (type === undefined || LEFT_ALONE.test(status) || !types(type)) return false;
  const isCoded = headerValue(headers, "Content-Encoding") !== undefined;
  if (isCoded || headerValue(headers, "Content-Range") !== undefined) return false;
  return !isNotToBeChanged(headers) && !DIGESTS.some((name) => headerValue(headers, name));
}

/** RFC 9111 §5.2.2.6. */
function isNotToBeChanged(headers: HeaderList): boolean {
  return headers.some(
    ([name, value]) =>
      name.toLowerCase() === "cache-control" && /(?:^|[,\s])no-transform(?:$|[,\s])/i.test(value),
  );
}

/** Says what the compressed content is, of which the application has spoken as it was. */
function markCoded(headers: HeaderList, coding: ContentCoding): void {
  setHeader(headers, "Content-Encoding", coding);
  removeHeader(headers, "Content-Length");
  // Of the content as it was: a part of that is no part of this.
  removeHeader(headers, "Accept-Ranges");
  const etag = headerValue(headers, "ETag");
  // RFC 9110 §8.8.1: the same for who reads it, and not byte by byte.
  if (etag?.startsWith('"')) setHeader(headers, "ETag", `W/${etag}`);
}

/** What GET would be told, as far as it is known without the content (RFC 9110 §9.3.2). */
function asOfHead(
  answer: WholeAnswer,
  coding: ContentCoding,
  size: number | undefined,
): WholeAnswer {
  if (size === undefined) return answer;
  markCoded(answer.headers, coding);
  // Its length is that of the content as it was.
  return isWholeBody(answer.body) ? { ...answer, body: [] } : answer;
}

/** A client that has the compressed content knows it by the weak tag, and is told of that one. */
function asUnchanged({ status, headers }: Head, environ: Environ): Plan {
  const etag = headerValue(headers, "ETag");
  if (etag?.startsWith('"') && environ.HTTP_IF_NONE_MATCH?.includes(`W/${etag}`)) {
    setHeader(headers, "ETag", `W/${etag}`);
    addToList(headers, "Vary", "Accept-Encoding");
  }
  return { written: "passed on", finish: (body) => ({ status, headers, body }) };
}

function compressWhole(
  answer: WholeAnswer,
  chunks: readonly Uint8Array[],
  { coding, level }: Way,
): WholeAnswer | Promise<WholeAnswer> {
  const [first] = chunks;
  const bytes = first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
  const use = (coded: Buffer): WholeAnswer => {
    if (coded.length >= bytes.length) return answer;
    markCoded(answer.headers, coding);
    setHeader(answer.headers, "Content-Length", String(coded.length));
    return { ...answer, body: [coded] };
  };
  return bytes.length <= NOW_BYTES
    ? use(compressNow(coding, bytes, level))
    : compressLater(coding, bytes, level).then(use);
}

function compressStream(
  { status, headers, body }: WholeAnswer,
  way: Way,
  wasReplaced: () => boolean,
): WholeAnswer {
  const length = lengthOf(headers);
  markCoded(headers, way.coding);
  return { status, headers, body: encodedBody(body, { ...way, length, wasReplaced }) };
}
