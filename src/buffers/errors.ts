/** Why what was kept for a client is lost. */

export class BuffersFullError extends Error {
  override readonly name: string = "BuffersFullError";
  readonly statusHint = 503;
}
