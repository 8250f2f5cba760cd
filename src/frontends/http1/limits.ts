/** The numbers of one connection that are no settings, each with its reason. */

/** Bytes of later requests that are read while one is being answered. */
export const MAX_BYTES_AHEAD = 65_536;

/** What of an unread body is worth reading so that the connection can be kept. */
export const MAX_DRAINED_BYTES = 262_144;

/** How long a connection without a request may still send one when its server stops. */
export const DRAIN_GRACE = 500;

/** How long a client that goes on sending its body is listened to, so that it gets to read its answer. */
export const LONGEST_LINGER = 30_000;
