/** What can go wrong between a gateway and an application worker. */

/** The other side sent bytes that are no frame of this protocol. */
export class FrameError extends Error {
  override readonly name: string = "FrameError";
}
