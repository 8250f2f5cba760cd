/** Where a body comes from in the pieces in which it was received: nothing is joined, or copied. */

export abstract class PieceSource {
  /** Only who has it is one: what stands in for a stream, to watch or to change what is read, has not. */
  readonly #isOne = true;

  static is(input: object): input is PieceSource {
    return #isOne in input && !Object.hasOwn(input, "read");
  }

  /** What has come, of memory that does not change; none at the end. For one reader alone. */
  abstract readPieces(): Promise<Uint8Array[]>;
}
