/** The settings of HTTP: what is served and refused, and how long and how much a client may. */
import { DEFAULT_BUFFER_LIMITS } from "../buffers/buffers.ts";
import type { HeaderMap } from "../http/fields.ts";
import { DEFAULT_HTTP_LIMITS } from "../http/limits.ts";
import { DEFAULT_CONNECTION_LIMITS, DEFAULT_TIMEOUTS } from "../server/limits.ts";
import type { SettingTable } from "./setting.ts";
import { headerMap, wholeNumber } from "./setting-types.ts";

/** Times are seconds, sizes bytes. */
export interface HttpSettings {
  readonly limitRequestLine: number;
  readonly limitRequestFields: number;
  readonly limitRequestFieldSize: number;
  readonly limitRequestHead: number;
  readonly limitRequestBody: number;
  readonly headerMap: HeaderMap;
}

/** How long, how much and how many: what keeps one client from hurting the others. */
export interface ClientSettings {
  readonly headTimeout: number;
  readonly bodyTimeout: number;
  readonly writeTimeout: number;
  readonly minRate: number;
  readonly limitConnections: number;
  readonly limitConnectionsPerAddress: number;
  readonly limitBuffer: number;
  readonly limitBufferMemory: number;
  readonly limitBufferDisk: number;
}

export const HTTP_SETTINGS: SettingTable<HttpSettings> = {
  limitRequestLine: {
    section: "HTTP",
    flags: ["--limit-request-line"],
    metavar: "BYTES",
    type: wholeNumber(0),
    default: DEFAULT_HTTP_LIMITS.maxRequestLineBytes,
    help: "The longest request line; a longer one is answered 414. 0 leaves the limit on the whole head alone. gunicorn's default is 4094; RFC 9112 asks servers to take at least 8000.",
  },
  limitRequestFields: {
    section: "HTTP",
    flags: ["--limit-request-fields"],
    metavar: "INT",
    type: wholeNumber(0),
    default: DEFAULT_HTTP_LIMITS.maxFields,
    help: "The most header fields of a request; more are answered 431. 0 leaves the limit on the whole head alone.",
  },
  limitRequestFieldSize: {
    section: "HTTP",
    flags: ["--limit-request-field_size", "--limit-request-field-size"],
    metavar: "BYTES",
    type: wholeNumber(0),
    default: DEFAULT_HTTP_LIMITS.maxFieldBytes,
    help: "The longest header field; a longer one is answered 431. 0 leaves the limit on the whole head alone.",
  },
  limitRequestHead: {
    section: "HTTP",
    flags: ["--limit-request-head"],
    metavar: "BYTES",
    type: wholeNumber(1),
    default: DEFAULT_HTTP_LIMITS.maxHeadBytes,
    help: "The longest request head, its first line and all its fields together; a longer one is answered 431.",
  },
  limitRequestBody: {
    section: "HTTP",
    flags: ["--limit-request-body"],
    metavar: "BYTES",
    type: wholeNumber(0),
    default: DEFAULT_HTTP_LIMITS.maxBodyBytes,
    help: "The largest request body; a larger one is answered 413. 0 for no limit.",
  },
  headerMap: {
    section: "HTTP",
    flags: ["--header-map"],
    metavar: "WHAT",
    type: headerMap,
    default: "drop",
    help: "What becomes of header fields with an underscore in their name, since applications take X_Foo for X-Foo: drop leaves them out, refuse answers 400, dangerous passes them on, except those that would pose as a field with a meaning of its own.",
  },
};

export const CLIENT_SETTINGS: SettingTable<ClientSettings> = {
  headTimeout: {
    section: "Clients",
    flags: ["--head-timeout"],
    metavar: "SECONDS",
    type: wholeNumber(1),
    default: DEFAULT_TIMEOUTS.head / 1000,
    help: "How long a client may take for a request's head as a whole, or a new connection for its first one; then 408 if part of it has come.",
  },
  bodyTimeout: {
    section: "Clients",
    flags: ["--body-timeout"],
    metavar: "SECONDS",
    type: wholeNumber(1),
    default: DEFAULT_TIMEOUTS.body / 1000,
    help: "How long a client may send nothing of a body that is waited for; then 408.",
  },
  writeTimeout: {
    section: "Clients",
    flags: ["--write-timeout"],
    metavar: "SECONDS",
    type: wholeNumber(1),
    default: DEFAULT_TIMEOUTS.write / 1000,
    help: "How long a client may take nothing of an answer that waits for it; then the connection is cut.",
  },
  minRate: {
    section: "Clients",
    flags: ["--min-rate"],
    metavar: "BYTES",
    type: wholeNumber(0),
    default: DEFAULT_TIMEOUTS.minRate,
    help: "The bytes a second that a client must send of a body, or take of an answer that waits for it, on average and beyond --body-timeout or --write-timeout; a slower one is answered 408 or cut. 0 for no such limit.",
  },
  limitConnections: {
    section: "Clients",
    flags: ["--limit-connections"],
    metavar: "INT",
    type: wholeNumber(0),
    default: DEFAULT_CONNECTION_LIMITS.total,
    help: "The most connections a server process has open; for one more an idle one is closed, and where none is idle it is answered 503. Lowered to what the limit on open files leaves. 0 for that alone.",
  },
  limitConnectionsPerAddress: {
    section: "Clients",
    flags: ["--limit-connections-per-address"],
    metavar: "INT",
    type: wholeNumber(0),
    default: DEFAULT_CONNECTION_LIMITS.perAddress,
    help: "The most connections of one client address in a server process; one more is answered 429. Trusted proxies (--forwarded-allow-ips, --proxy-allow-from) and Unix sockets are not counted. 0 for no limit.",
  },
  limitBuffer: {
    section: "Clients",
    flags: ["--limit-buffer"],
    metavar: "BYTES",
    type: wholeNumber(0),
    default: DEFAULT_BUFFER_LIMITS.each,
    help: "What one answer that its client is slow to read may keep in memory, and four times as much the body of one request to a Python application; the rest goes to a temporary file.",
  },
  limitBufferMemory: {
    section: "Clients",
    flags: ["--limit-buffer-memory"],
    metavar: "BYTES",
    type: wholeNumber(0),
    default: DEFAULT_BUFFER_LIMITS.memory,
    help: "What all bodies, answers and unfinished heads of a server process may keep in memory; past it bodies and answers go to temporary files at once, and clients that have made no progress for longest are answered 503 or cut.",
  },
  limitBufferDisk: {
    section: "Clients",
    flags: ["--limit-buffer-disk"],
    metavar: "BYTES",
    type: wholeNumber(0),
    default: DEFAULT_BUFFER_LIMITS.disk,
    help: "What all temporary files of a server process may hold; past it a request body is answered 503, and an answer whose client has not moved on for longest is cut to make room.",
  },
};
