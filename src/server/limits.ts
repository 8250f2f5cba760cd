/** The numbers that keep a client from hurting a server, each with its reason. */
import type { Timeouts } from "../frontends/http1/server-context.ts";

/** In milliseconds; the rate in bytes a second. */
export const DEFAULT_TIMEOUTS: Timeouts = {
  // Browsers open connections ahead of need; 30 s lets them, and is what peers allow for a head.
  head: 30_000,
  // A phone between two cells falls silent for seconds, not for half a minute.
  body: 30_000,
  // gunicorn's default.
  keepAlive: 2_000,
  // A reader that takes nothing for a minute has left without saying so.
  write: 60_000,
  // Long enough for an answer to cross before the connection goes (RFC 9112 §9.6).
  linger: 2_000,
  // gunicorn's default, and that of python(): an application has the same time wherever it is served.
  application: 30_000,
  // What Kestrel asks for; a GSM modem of 1995 made more.
  minRate: 240,
};

/** How many connections a server process has open; 0 for no limit. */
export interface ConnectionLimits {
  readonly total: number;
  /** Of one client address. */
  readonly perAddress: number;
}

export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  // An idle one costs about 6 KB here: together a fifth of a gigabyte.
  total: 32_768,
  // More than an office behind one address opens, and an eighth of all there are.
  perAddress: 4_096,
};

/** How often deadlines are looked at: what they are late by at most, in milliseconds. */
export const DEADLINE_CHECK_INTERVAL = 250;

/** How long a client that holds memory has not moved on before it may be ended to make room. */
export const MAY_BE_SHED_AFTER = 1_000;

/** What a timer of Node.js can wait at most, in milliseconds; more would be taken for nothing. */
export const LONGEST_TIMER: number = 2 ** 31 - 1;
