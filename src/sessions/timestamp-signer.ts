/** Signed text that says when it was signed, and so can expire. */
import type { AgeLimit, Signer } from "./signer.ts";
import { BadSignatureError, SignatureExpiredError } from "./signing-errors.ts";

/** Milliseconds since 1970; `Date.now` if not given. */
export interface Clock {
  readonly now?: () => number;
}

/** How a library writes seconds since 1970, and whether it takes what was signed in the future. */
export interface Timestamps {
  encode(seconds: number): string;
  /** Undefined where the text is no timestamp. */
  decode(text: string): number | undefined;
  readonly acceptsFuture: boolean;
}

export class TimestampSigner {
  readonly #signer: Signer;
  readonly #timestamps: Timestamps;
  readonly #now: () => number;

  constructor(signer: Signer, timestamps: Timestamps, { now = Date.now }: Clock = {}) {
    this.#signer = signer;
    this.#timestamps = timestamps;
    this.#now = now;
  }

  sign(value: string): string {
    const seconds = Math.floor(this.#now() / 1000);
    return this.#signer.sign(value + this.#signer.separator + this.#timestamps.encode(seconds));
  }

  /**
   * The value that was signed.
   * @throws {BadSignatureError}
   * @throws {SignatureExpiredError} longer ago than `maxAge` seconds
   */
  unsign(signed: string, { maxAge }: AgeLimit = {}): string {
    const { separator } = this.#signer;
    const stamped = this.#signer.unsign(signed);
    const at = stamped.lastIndexOf(separator);
    if (at < 0) throw new BadSignatureError("the time of the signature is missing");
    const seconds = this.#timestamps.decode(stamped.slice(at + separator.length));
    if (seconds === undefined) throw new BadSignatureError("the time of the signature is no time");
    if (maxAge !== undefined) this.#demandAge(seconds, maxAge);
    return stamped.slice(0, at);
  }

  #demandAge(signedAt: number, maxAge: number): void {
    const { acceptsFuture } = this.#timestamps;
    const exactly = this.#now() / 1000 - signedAt;
    const age = Math.floor(exactly);
    // Django asks the clock with its fraction, itsdangerous without.
    if ((acceptsFuture ? exactly : age) > maxAge) {
      throw new SignatureExpiredError(`signed ${age} s ago; at most ${maxAge} s are accepted`, age);
    }
    if (age < 0 && !acceptsFuture) {
      throw new SignatureExpiredError(`signed ${-age} s in the future`, age);
    }
  }
}

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Base 62, as Django writes it. */
export const BASE62_SECONDS: Timestamps = {
  encode(seconds) {
    let digits = "";
    let left = seconds;
    do {
      digits = BASE62.charAt(left % 62) + digits;
      left = Math.floor(left / 62);
    } while (left > 0);
    return digits;
  },
  decode(text) {
    if (!/^[0-9A-Za-z]{1,8}$/.test(text)) return undefined;
    return [...text].reduce((seconds, digit) => seconds * 62 + BASE62.indexOf(digit), 0);
  },
  acceptsFuture: true,
};

/** The bytes of the number, the highest first and without zeros before, in base64url: itsdangerous'. */
export const BASE64_SECONDS: Timestamps = {
  encode(seconds) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt(seconds));
    return bytes.subarray(bytes.findIndex((byte) => byte > 0)).toString("base64url");
  },
  decode(text) {
    if (!/^[\w-]{1,8}$/.test(text)) return undefined;
    const bytes = Buffer.from(text, "base64url");
    return bytes.length === 0 ? undefined : bytes.readUIntBE(0, bytes.length);
  },
  acceptsFuture: false,
};
