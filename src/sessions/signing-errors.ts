/** What is wrong with signed text or with what it is signed by; the first three are its sender's doing. */

/** Text that is not what was signed, or that cannot be read. */
export class BadDataError extends Error {
  override readonly name: string = "BadDataError";
}

/** The signature is missing, or belongs to another text or another key. */
export class BadSignatureError extends BadDataError {
  override readonly name: string = "BadSignatureError";
}

/** Signed by the right key, but longer ago than is accepted. */
export class SignatureExpiredError extends BadSignatureError {
  override readonly name: string = "SignatureExpiredError";
  /** Whole seconds since it was signed; negative if that is yet to come. */
  readonly age: number;

  constructor(message: string, age: number) {
    super(message);
    this.age = age;
  }
}

/** The signature is right, and what was signed cannot be read, or not within the limits. */
export class BadPayloadError extends BadDataError {
  override readonly name: string = "BadPayloadError";
}

/** Options that cannot be used, such as an empty key; the message names the option. */
export class SigningOptionsError extends Error {
  override readonly name: string = "SigningOptionsError";
}

/** A value that the format cannot hold; the message says where it is and what to store instead. */
export class UnstorableValueError extends TypeError {
  override readonly name: string = "UnstorableValueError";
}
