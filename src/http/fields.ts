/**
 * Header field names: checked once, then known by one look-up.
 *
 * A name's record says what the name means to the protocol and under which
 * meta-variable CGI and WSGI show it.
 */
import { TOKEN } from "./abnf.ts";

export const FieldRole = {
  PLAIN: 0,
  HOST: 1,
  CONTENT_LENGTH: 2,
  TRANSFER_ENCODING: 3,
  CONNECTION: 4,
  EXPECT: 5,
  /** May stand only once, since two of them can be read in two ways (RFC 9110 §5.3). */
  SINGLETON: 6,
  /** Checked like any field, but shown to no application. */
  HIDDEN: 7,
  /** Belongs to the connection, not to the message (RFC 9110 §7.6.1); not an application's to send. */
  HOP_BY_HOP: 8,
  DATE: 9,
  SERVER: 10,
  /** What a proxy says of the request it passes on; believed of trusted ones alone. */
  FORWARDED: 11,
  /** "X_Foo", whose meta-variable is that of "X-Foo". */
  UNDERSCORE: 12,
  /** The same, where the other spelling means something to a server: shown to no application. */
  IMPOSTOR: 13,
  /** X-Request-ID: the server's to say, where it gives requests their ids. */
  REQUEST_ID: 14,
} as const;

/** What becomes of names with an underscore; `refuse` refuses the request. */
export type HeaderMap = "drop" | "refuse" | "dangerous";

export type FieldRole = (typeof FieldRole)[keyof typeof FieldRole];

export interface FieldName {
  readonly lower: string;
  /** RFC 3875 §4.1.18: `HTTP_` and the name in capitals with `_` for `-`. */
  readonly metaVariable: `HTTP_${string}` | "CONTENT_TYPE" | "CONTENT_LENGTH";
  readonly role: FieldRole;
  /** What joins repeated values: RFC 6265 §5.4 wants one Cookie field; lists join by comma. */
  readonly joiner: ", " | "; ";
  /** One of 31 bits, the same for all names of one meta-variable: others seldom share it. */
  readonly mark: number;
}

const ROLES: Readonly<Record<string, FieldRole>> = {
  host: FieldRole.HOST,
  "content-length": FieldRole.CONTENT_LENGTH,
  "transfer-encoding": FieldRole.TRANSFER_ENCODING,
  connection: FieldRole.CONNECTION,
  expect: FieldRole.EXPECT,
  "content-type": FieldRole.SINGLETON,
  authorization: FieldRole.SINGLETON,
  "content-location": FieldRole.SINGLETON,
  from: FieldRole.SINGLETON,
  "if-modified-since": FieldRole.SINGLETON,
  "if-range": FieldRole.SINGLETON,
  "if-unmodified-since": FieldRole.SINGLETON,
  "max-forwards": FieldRole.SINGLETON,
  range: FieldRole.SINGLETON,
  referer: FieldRole.SINGLETON,
  "user-agent": FieldRole.SINGLETON,
  // CVE-2016-5385 ("httpoxy"): HTTP_PROXY is an environment variable that clients would set.
  proxy: FieldRole.HIDDEN,
  "keep-alive": FieldRole.HOP_BY_HOP,
  "proxy-connection": FieldRole.HOP_BY_HOP,
  "proxy-authenticate": FieldRole.HOP_BY_HOP,
  "proxy-authorization": FieldRole.HOP_BY_HOP,
  forwarded: FieldRole.FORWARDED,
  te: FieldRole.HOP_BY_HOP,
  trailer: FieldRole.HOP_BY_HOP,
  trailers: FieldRole.HOP_BY_HOP,
  upgrade: FieldRole.HOP_BY_HOP,
  date: FieldRole.DATE,
  server: FieldRole.SERVER,
  "x-request-id": FieldRole.REQUEST_ID,
};

/** Names that are not in the cache cost a regular expression each time, never memory. */
const MAX_CACHED_NAMES = 1024;
const MAX_CACHED_NAME_LENGTH = 64;

const cache = new Map<string, FieldName>();

/** The record of a field name as it was sent, or undefined if it is not a token. */
export function fieldName(name: string): FieldName | undefined {
  return cache.get(name) ?? learnFieldName(name);
}

function learnFieldName(name: string): FieldName | undefined {
  if (!TOKEN.test(name)) return undefined;
  const lower = name.toLowerCase();
  const metaVariable = metaVariableFor(lower);
  const record: FieldName = {
    lower,
    metaVariable,
    role: roleFor(lower),
    joiner: lower === "cookie" ? "; " : ", ",
    mark: markOf(metaVariable),
  };
  if (cache.size < MAX_CACHED_NAMES && name.length <= MAX_CACHED_NAME_LENGTH) {
    // A flat copy: a slice would keep the whole head it was cut from alive.
    cache.set(Buffer.from(name, "latin1").toString("latin1"), record);
  }
  return record;
}

function roleFor(lower: string): FieldRole {
  if (lower.includes("_")) {
    const isPlain = roleFor(lower.replaceAll("_", "-")) === FieldRole.PLAIN;
    return isPlain ? FieldRole.UNDERSCORE : FieldRole.IMPOSTOR;
  }
  if (lower.startsWith("x-forwarded-")) return FieldRole.FORWARDED;
  return Object.hasOwn(ROLES, lower) ? (ROLES[lower] ?? FieldRole.PLAIN) : FieldRole.PLAIN;
}

function metaVariableFor(lower: string): FieldName["metaVariable"] {
  if (lower === "content-type") return "CONTENT_TYPE";
  if (lower === "content-length") return "CONTENT_LENGTH";
  return `HTTP_${lower.toUpperCase().replaceAll("-", "_")}`;
}

function markOf(metaVariable: string): number {
  let hash = 0;
  for (let index = 0; index < metaVariable.length; index += 1) {
    hash = (hash * 31 + metaVariable.charCodeAt(index)) >>> 0;
  }
  return 1 << (hash % 31);
}

/** RFC 9110 §5.6.1: a comma list's elements in lower case, empty ones left out. */
export function listElements(value: string): string[] {
  return value
    .split(",")
    .map((element) => trimOws(element).toLowerCase())
    .filter((element) => element !== "");
}

/** RFC 9110 §5.6.3: the text, or a part of it, without the spaces and tabs around. */
export function trimOws(text: string, from = 0, to: number = text.length): string {
  let start = from;
  let end = to;
  while (start < end && isOws(text.charCodeAt(start))) start += 1;
  while (end > start && isOws(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isOws(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
