/** One file as it is sent: its validators and its fields, made once and used for each request. */
import type { ContentCoding } from "../http/content-codings.ts";
import { imfFixdate } from "../http/date.ts";
import { addToList, setHeader } from "../wsgi/header-list.ts";
import type { HeaderList } from "../wsgi/types.ts";
import type { Part } from "./byte-ranges.ts";
import type { Validators } from "./validators.ts";

/** What a file system says of a file, as far as it tells one version from another. */
export interface FileFacts {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

export interface Representation extends Validators {
  /** Free of symbolic links. */
  readonly path: string;
  readonly facts: FileFacts;
  readonly mediaType: string;
  readonly coding: ContentCoding | undefined;
  /** Undefined for a file that is too large to be kept. */
  readonly content: Buffer | undefined;
  readonly whole: Answer;
  /** RFC 9110 §15.4.5: what a client is told that has it. */
  readonly unchanged: Answer;
}

/** Made once and given often: whoever passes the fields on gives a copy of their list. */
export interface Answer {
  /** As `200 OK`. */
  readonly status: string;
  /** The pairs are frozen, as Python's tuples are. */
  readonly fields: Readonly<HeaderList>;
  readonly parts: readonly Part[];
}

export function makeAnswer(status: string, fields: HeaderList, parts: readonly Part[]): Answer {
  for (const pair of fields) Object.freeze(pair);
  return { status, fields, parts };
}

/** What a representation is made of. */
export interface RepresentationParts {
  readonly path: string;
  readonly facts: FileFacts;
  readonly mediaType: string;
  readonly coding: ContentCoding | undefined;
  readonly cacheControl: string;
  /** What its owner has said beside that; of fields that are here too, theirs count. */
  readonly headers: HeaderList;
  /** Whether the same path has others: caches have to know (RFC 9110 §12.5.5). */
  readonly varies: boolean;
  /** Whether the content was made here, and so is byte by byte this process's own. */
  readonly isLive: boolean;
  readonly content: Buffer | undefined;
}

/** A file that was written so lately may be written again within the clock's tick: 10 ms, 2 s on FAT. */
const SETTLED_AFTER_MS = 2000;

/** Whether these are facts of one file that nobody has touched. */
export function areSame(one: FileFacts, other: FileFacts): boolean {
  return (
    haveSameContent(one, other) &&
    one.ctimeMs === other.ctimeMs &&
    one.ino === other.ino &&
    one.dev === other.dev
  );
}

/** Of one file: its ctime changes with its name, too, as when a newer file takes that. */
export function haveSameContent(one: FileFacts, other: FileFacts): boolean {
  return one.mtimeMs === other.mtimeMs && one.size === other.size;
}

/** `now`, in milliseconds, is when the facts were read. */
export function makeRepresentation(parts: RepresentationParts, now: number): Representation {
  const { path, facts, mediaType, coding, varies, isLive, content } = parts;
  const isWeak = isLive || now - facts.mtimeMs < SETTLED_AFTER_MS;
  const etag = entityTag(parts, isWeak);
  // RFC 9110 §8.8.2.1: never later than the answer that says it.
  const lastModified = imfFixdate(Math.min(facts.mtimeMs, now));
  const always = fieldsOfBoth(parts, { etag, lastModified });
  const fields: HeaderList = [
    ["Content-Type", mediaType],
    ["Content-Length", String(facts.size)],
    ...always,
  ];
  if (!isLive) fields.push(["Accept-Ranges", "bytes"]);
  if (coding !== undefined) fields.push(["Content-Encoding", coding]);
  const all = content ?? { start: 0, end: facts.size };
  return {
    ...{ path, facts, mediaType, coding, content },
    ...{ etag, lastModified, isWeak, hasSharedDate: varies },
    whole: makeAnswer("200 OK", fields, [all]),
    unchanged: makeAnswer("304 Not Modified", always, []),
  };
}

/** What goes with the file, and with the word that a client has it. */
function fieldsOfBoth(
  { cacheControl, headers, varies }: RepresentationParts,
  { etag, lastModified }: { readonly etag: string; readonly lastModified: string },
): HeaderList {
  const fields: HeaderList = [
    ["Cache-Control", cacheControl],
    ["ETag", etag],
    ["Last-Modified", lastModified],
  ];
  for (const [name, value] of headers) setHeader(fields, name, value);
  if (varies) addToList(fields, "Vary", "Accept-Encoding");
  return fields;
}

/** Without the inode, which differs between machines that serve copies of the same files. */
function entityTag({ facts, coding }: RepresentationParts, isWeak: boolean): string {
  const time = Math.trunc(facts.mtimeMs * 1000).toString(36);
  const suffix = coding === undefined ? "" : `-${coding}`;
  return `${isWeak ? "W/" : ""}"${time}-${facts.size.toString(36)}${suffix}"`;
}
