/** What an access log can tell of one request, and the shape of a format over it. */
import type { LogSubject } from "./log-subject.ts";

/** What one line tells of; methods where making the value costs something. */
export interface AccessRecord {
  /** The client's address; empty on a Unix socket. */
  readonly remoteAddress: string;
  readonly method: string;
  /** The request-target as the client sent it. */
  readonly target: string;
  /** PATH_INFO: percent-decoded. */
  readonly path: string;
  readonly query: string;
  readonly protocol: string;
  readonly status: number;
  /** Bytes of the response's body. */
  readonly bytesSent: number;
  /** When the request's head was read, in milliseconds since 1970. */
  readonly startTime: number;
  readonly durationMicroseconds: number;
  /** The process that answered. */
  readonly pid: number;
  /** The request as entries of the error log name it, where requests have ids. */
  readonly about: LogSubject | undefined;
  /** The last field of this name, which comes in lower case. */
  requestHeader(name: string): string | undefined;
  /** The last field of this name, which comes in lower case. */
  responseHeader(name: string): string | undefined;
  /** The environ's entry; the name comes as the environ spells it. */
  environ(name: string): unknown;
}

/** Writes one line, without a line end. */
export type AccessFormat = (record: AccessRecord) => string;
