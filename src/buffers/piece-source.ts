/** Where a body comes from in the pieces in which it was received: nothing is joined, or copied. */

export interface PieceSource {
  /** What has come, of memory that does not change; none at the end. For one reader alone. */
  readPieces(): Promise<Uint8Array[]>;
}

/** Whether an input is one, and nothing that middleware has put in its place. */
export function isPieceSource(input: object): input is PieceSource {
  return "readPieces" in input;
}
