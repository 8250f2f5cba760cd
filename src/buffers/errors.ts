/** Why what was kept for a client is lost, or was not taken. */

export class BuffersFullError extends Error {
  override readonly name: string = "BuffersFullError";
  readonly statusHint = 503;

  /** The message names the setting, or the directory, that would make room. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
