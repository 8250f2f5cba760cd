/**
 * The frames that cross between a gateway and an application in another
 * process. Names are HTTP/2's wherever HTTP/2 has the thing.
 *
 *     0        4        5        6        10
 *     | length | type   | flags  | stream | payload ...
 *
 * Numbers are big-endian. `length` counts the payload alone. Stream 0 is the
 * connection itself. spec/bridge.md gives each payload and the life of a stream.
 */

/** Bytes before every payload. */
export const FRAME_HEADER_BYTES = 10;

/** The largest payload either side may send, in bytes. */
export const MAX_PAYLOAD_BYTES: number = 16 * 1024 * 1024;

/** The largest payload of RESPONSE: no browser takes a larger head. */
export const MAX_HEAD_BYTES: number = 256 * 1024;

/** The largest payload of SETTINGS, with all of a gunicorn configuration in it. */
export const MAX_SETTINGS_BYTES: number = 1024 ** 2;

/** What SETTINGS calls the protocol spoken here. */
export const BRIDGE_VERSION = "1";

export const FrameType = {
  SETTINGS: 0x01, // either side, first: version, capabilities
  REQUEST: 0x02, // gateway: the environ's strings; opens the stream
  RESPONSE: 0x03, // application: status and headers, after any number of early hints
  DATA: 0x04, // both: body bytes; END_STREAM on the last
  WINDOW_UPDATE: 0x05, // gateway: takes n more bytes on this stream
  RST_STREAM: 0x06, // both: this stream is over, or should be, and why
  PING: 0x07, // gateway: answered with ACK; the heartbeat
  GOAWAY: 0x08, // both: no new streams; finish the open ones
  LOG: 0x09, // application: a line for the error log
  FILE: 0x0a, // application: the rest of the body is this open file; answered with ACK
  INTERRUPT: 0x0b, // gateway: this request took too long; answered with ACK, and stacks
  FORK: 0x0c, // gateway, to a template: make a worker; answered with ACK
  EXITED: 0x0d, // template: how a worker that it has forked ended
  ENVIRON: 0x0e, // gateway: what many requests have in common, under a number
} as const;

export type FrameType = (typeof FrameType)[keyof typeof FrameType];

export const FrameFlag = {
  END_STREAM: 0x01, // the sender is done with this stream
  ACK: 0x02, // on PING, FILE, INTERRUPT and FORK: an answer
  ESCAPED: 0x04, // on REQUEST: names ending in "%" have percent-encoded values
  INFORMATIONAL: 0x08, // on RESPONSE: early hints; the final one follows
  COMMON: 0x10, // on REQUEST: an ENVIRON's number, then what is different from it
} as const;

/** The flags byte of LOG. */
export const LogLevel = {
  TEXT: 0, // what the application wrote to wsgi.errors, as it is
  DEBUG: 1,
  INFO: 2,
  WARNING: 3,
  ERROR: 4,
  CRITICAL: 5,
  FINDING: 6, // strings: what lint found: rule, evidence, request
} as const;

/** RFC 9113 §7's numbers for the reasons that RST_STREAM and GOAWAY carry. */
export const ErrorCode = {
  NO_ERROR: 0x0,
  PROTOCOL_ERROR: 0x1,
  INTERNAL_ERROR: 0x2,
  REFUSED_STREAM: 0x7, // not begun: may be given to another worker
  CANCEL: 0x8, // nobody waits for the answer any more
} as const;

export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

export interface Frame {
  readonly type: FrameType;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Uint8Array;
}
