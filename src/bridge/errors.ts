/** What can go wrong between a gateway and an application worker. */

/** The other side sent bytes that are no frame of this protocol. */
export class FrameError extends Error {
  override readonly name: string = "FrameError";
}

/** A stream that the application's side ended without an answer. */
export class StreamError extends Error {
  override readonly name: string = "StreamError";
  /** One of {@link ErrorCode}. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}
