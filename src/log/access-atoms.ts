/** The values an access-log format can name: one function each, from a record to safe text. */
import { isUtf8 } from "node:buffer";
import type { AccessFormat, AccessRecord } from "./access-record.ts";
import { escaped } from "./escapes.ts";
import { accessLogTime } from "./local-time.ts";

/** What a line shows where there is no value. */
const NOTHING = "-";

const time = accessLogTime();

const ATOMS: ReadonlyMap<string, AccessFormat> = new Map<string, AccessFormat>([
  ["h", (record) => escaped(record.remoteAddress) || NOTHING],
  ["l", () => NOTHING],
  ["u", (record) => escaped(basicUser(record.requestHeader("authorization")) ?? NOTHING)],
  // The time of logging, as in gunicorn: lines stay in the order of their times.
  ["t", (record) => time(record.startTime + record.durationMicroseconds / 1000)],
  ["r", (record) => escaped(`${record.method} ${record.target} ${record.protocol}`)],
  ["m", (record) => escaped(record.method)],
  ["U", (record) => escaped(record.path)],
  ["q", (record) => escaped(record.query)],
  ["H", (record) => escaped(record.protocol)],
  ["s", (record) => String(record.status)],
  ["B", (record) => String(record.bytesSent)],
  ["b", (record) => String(record.bytesSent)],
  ["f", (record) => shown(record.requestHeader("referer"))],
  ["a", (record) => shown(record.requestHeader("user-agent"))],
  ["T", (record) => String(Math.floor(record.durationMicroseconds / 1_000_000))],
  ["M", (record) => String(Math.floor(record.durationMicroseconds / 1000))],
  ["D", (record) => String(Math.floor(record.durationMicroseconds))],
  ["L", (record) => seconds(record.durationMicroseconds)],
  // Portico's own: neither gunicorn nor Apache has this letter.
  ["Q", (record) => seconds(queueSeconds(record) * 1_000_000)],
  ["p", (record) => `<${record.pid}>`],
]);

/** The value of `%(name)s`; `-` for a name that gunicorn does not have. */
export function atomFor(name: string): AccessFormat {
  const field = /^\{(.*)\}([ioe])$/i.exec(name);
  if (field === null) return ATOMS.get(name) ?? (() => NOTHING);
  const [, key = "", source = ""] = field;
  return FIELD_ATOMS[source.toLowerCase() as "i" | "o" | "e"](key); // the expression takes no other
}

const FIELD_ATOMS = {
  i: (key: string) => fieldAtom(key.toLowerCase(), (record, name) => record.requestHeader(name)),
  o: (key: string) => fieldAtom(key.toLowerCase(), (record, name) => record.responseHeader(name)),
  e: (key: string) => fieldAtom(environName(key), (record, name) => record.environ(name)),
} as const;

function fieldAtom(
  name: string,
  read: (record: AccessRecord, name: string) => unknown,
): AccessFormat {
  return (record) => shown(read(record, name));
}

/** gunicorn finds environ entries in any case: CGI names are upper case, `wsgi.input` and its like lower. */
function environName(name: string): string {
  return name.includes(".") ? name.toLowerCase() : name.toUpperCase();
}

/** Text and numbers as they are, booleans as Python writes them, and nothing else: objects are no log values. */
function shown(value: unknown): string {
  if (typeof value === "string") return escaped(value);
  if (typeof value === "number") return String(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  return NOTHING;
}

function queueSeconds(record: AccessRecord): number {
  const queued = record.environ("portico.queue_time");
  return typeof queued === "number" ? queued : 0;
}

function seconds(microseconds: number): string {
  const whole = Math.floor(microseconds);
  return `${Math.floor(whole / 1_000_000)}.${String(whole % 1_000_000).padStart(6, "0")}`;
}

/** RFC 7617: the user of a Basic `Authorization` field, if it is valid UTF-8. */
export function basicUser(authorization: string | undefined): string | undefined {
  const credentials = /^basic +(\S+)/i.exec(authorization ?? "")?.[1];
  if (credentials === undefined) return undefined;
  const bytes = Buffer.from(credentials, "base64");
  const colon = bytes.indexOf(0x3a);
  const user = colon === -1 ? bytes : bytes.subarray(0, colon);
  return user.length > 0 && isUtf8(user) ? user.toString() : undefined;
}
