/** How large a request's parts may be, and what keeps each bound. */

export interface HttpLimits {
  /** Bytes of the request line; beyond it 414. */
  readonly maxRequestLineBytes: number;
  /** Bytes of one field line; beyond it 431. */
  readonly maxFieldBytes: number;
  /** Field lines of one head; beyond it 431. */
  readonly maxFields: number;
  /** Bytes of a head as a whole; beyond it 431. */
  readonly maxHeadBytes: number;
  /** Bytes of a body after decoding; beyond it 413. */
  readonly maxBodyBytes: number;
  /** Bytes of a chunk's size line, and of all extensions and trailers of a body; beyond it 400 or 431. */
  readonly maxChunkLineBytes: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  // RFC 9112 §3 recommends at least 8,000.
  maxRequestLineBytes: 8190,
  maxFieldBytes: 8190,
  maxFields: 100,
  // Room for a long request line and several long cookies, far below what a worker's memory minds.
  maxHeadBytes: 65_536,
  maxBodyBytes: 1024 ** 3,
  maxChunkLineBytes: 4096,
};
