/** Values as URL-safe signed text: JSON, compressed where that is shorter, in base64url. */
import { isUtf8 } from "node:buffer";
import { deflateSync, inflateSync } from "node:zlib";
import type { AgeLimit } from "./signer.ts";
import { BadPayloadError } from "./signing-errors.ts";

/** How values become JSON text, and are read from it. */
export interface JsonCodec {
  /** @throws {UnstorableValueError} */
  dumps(value: unknown): string;
  /** @throws {BadPayloadError} */
  loads(text: string): unknown;
}

/** What signs text, with or without the time. */
export interface TextSigner {
  sign(value: string): string;
  /** @throws {BadSignatureError} */
  unsign(signed: string, limit?: AgeLimit): string;
}

export interface SignedJsonOptions {
  readonly json: JsonCodec;
  readonly compress: boolean;
  /** The longest JSON that is read, in bytes. */
  readonly maxBytes: number;
}

/** What a session in a cookie never needs, and what is inflated in a millisecond. */
export const MAX_PAYLOAD_BYTES = 65_536;

const COMPRESSED = ".";

export class SignedJson {
  readonly #signer: TextSigner;
  readonly #options: SignedJsonOptions;

  constructor(signer: TextSigner, options: SignedJsonOptions) {
    this.#signer = signer;
    this.#options = options;
  }

  /** @throws {UnstorableValueError} */
  dumps(value: unknown): string {
    const plain = Buffer.from(this.#options.json.dumps(value), "utf8");
    const deflated = this.#options.compress ? deflateSync(plain) : plain;
    // Both libraries let a byte decide: the mark is to be worth it.
    const isWorthIt = deflated.length < plain.length - 1;
    const text = (isWorthIt ? deflated : plain).toString("base64url");
    return this.#signer.sign(isWorthIt ? COMPRESSED + text : text);
  }

  /**
   * The value that was signed. Nothing of the text is decoded before its signature is verified.
   * @throws {BadSignatureError}
   * @throws {SignatureExpiredError}
   * @throws {BadPayloadError}
   */
  loads(signed: string, limit: AgeLimit = {}): unknown {
    const payload = this.#signer.unsign(signed, limit);
    const isCompressed = payload.startsWith(COMPRESSED);
    const base64 = isCompressed ? payload.slice(COMPRESSED.length) : payload;
    if (!/^[\w-]*$/.test(base64)) throw new BadPayloadError("the payload is no base64url");
    const bytes = Buffer.from(base64, "base64url");
    const json = isCompressed ? this.#inflated(bytes) : bytes;
    if (json.length > this.#options.maxBytes) throw this.#tooLong();
    if (!isUtf8(json)) throw new BadPayloadError("the payload is no UTF-8");
    return this.#options.json.loads(json.toString("utf8"));
  }

  #inflated(bytes: Buffer): Buffer {
    try {
      return inflateSync(bytes, { maxOutputLength: this.#options.maxBytes });
    } catch (cause) {
      if (cause instanceof RangeError) throw this.#tooLong();
      throw new BadPayloadError("the payload cannot be decompressed", { cause });
    }
  }

  #tooLong(): BadPayloadError {
    return new BadPayloadError(`the payload is longer than ${this.#options.maxBytes} bytes`);
  }
}
