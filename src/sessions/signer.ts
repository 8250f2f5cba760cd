/**
 * Text with a signature behind it: HMAC with a key that is derived from a secret and a salt, as
 * itsdangerous and `django.core.signing` make it.
 */
import { createHash, createHmac, type Hmac, timingSafeEqual } from "node:crypto";
import { BadSignatureError, SigningOptionsError } from "./signing-errors.ts";

/** Text is taken as UTF-8. */
export type Secret = string | Uint8Array;

export interface SecretKeys {
  /** What new text is signed with: long and random, from outside the source code. */
  readonly secretKey: Secret;
  /** Earlier keys, whose signatures are still accepted; none if not given. */
  readonly secretKeyFallbacks?: readonly Secret[];
}

export type Digest = "sha1" | "sha256" | "sha384" | "sha512";

/** The names of itsdangerous; Django's own is `django-concat`. */
export type KeyDerivation = "concat" | "django-concat" | "hmac" | "none";

export interface SignerOptions extends SecretKeys {
  /** Keeps what is signed for one purpose from being taken for another's. */
  readonly salt: Secret;
  /** Stands before the signature; no character of base64url. */
  readonly separator: string;
  readonly keyDerivation: KeyDerivation;
  readonly digest: Digest;
}

/** How old a signature may be. */
export interface AgeLimit {
  /** Seconds; without it any age is accepted. */
  readonly maxAge?: number;
}

type Derive = (secret: Buffer, salt: Buffer, digest: Digest) => Buffer;

const SIGNER = Buffer.from("signer");

const DERIVATIONS: Readonly<Record<KeyDerivation, Derive>> = {
  concat: (secret, salt, digest) => hashOf(digest, [salt, secret]),
  "django-concat": (secret, salt, digest) => hashOf(digest, [salt, SIGNER, secret]),
  hmac: (secret, salt, digest) => createHmac(digest, secret).update(salt).digest(),
  none: (secret) => secret,
};

export class Signer {
  readonly separator: string;
  readonly #digest: Digest;
  readonly #key: Buffer;
  readonly #fallbacks: readonly Buffer[];

  /** @throws {SigningOptionsError} */
  constructor(options: SignerOptions) {
    const { secretKey, secretKeyFallbacks = [], salt, keyDerivation, digest, separator } = options;
    if (separator === "" || /[\w\-=]/.test(separator)) {
      throw new SigningOptionsError(
        `separator: ${JSON.stringify(separator)} may stand in a signature; take one without letters, digits, "-", "_" and "="`,
      );
    }
    const derive = DERIVATIONS[keyDerivation];
    const keyOf = (secret: Secret, option: string): Buffer =>
      derive(secretBytes(secret, option), Buffer.from(salt), digest);
    this.separator = separator;
    this.#digest = digest;
    this.#key = keyOf(secretKey, "secretKey");
    this.#fallbacks = secretKeyFallbacks.map((secret, at) =>
      keyOf(secret, `secretKeyFallbacks[${at}]`),
    );
  }

  /** The value, the separator and the signature. */
  sign(value: string): string {
    return value + this.separator + this.signature(value);
  }

  signature(value: string): string {
    return this.#signatureBy(this.#key, value);
  }

  /**
   * The value that was signed, by this key or an earlier one.
   * @throws {BadSignatureError}
   */
  unsign(signed: string): string {
    const at = signed.lastIndexOf(this.separator);
    if (at < 0)
      throw new BadSignatureError(`no ${JSON.stringify(this.separator)} in what is signed`);
    const value = signed.slice(0, at);
    if (!this.verifies(value, signed.slice(at + this.separator.length))) {
      throw new BadSignatureError("the signature does not match");
    }
    return value;
  }

  /** Whether it is the value's signature; takes as long for one that is nearly right. */
  verifies(value: string, signature: string): boolean {
    if (isSameText(signature, this.signature(value))) return true;
    return this.#fallbacks.some((key) => isSameText(signature, this.#signatureBy(key, value)));
  }

  #signatureBy(key: Buffer, value: string): string {
    const hmac: Hmac = createHmac(this.#digest, key);
    return hmac.update(value, "utf8").digest("base64url");
  }
}

/** Compares secrets: how long that takes tells their lengths alone. */
export function isSameText(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** @throws {SigningOptionsError} it is empty: everybody would know it */
export function secretBytes(secret: Secret, option: string): Buffer {
  const bytes = Buffer.from(secret);
  if (bytes.length > 0) return bytes;
  throw new SigningOptionsError(
    `${option}: is empty; make one with: node -p 'crypto.randomBytes(32).toString("hex")'`,
  );
}

function hashOf(digest: Digest, parts: readonly Buffer[]): Buffer {
  return createHash(digest).update(Buffer.concat(parts)).digest();
}
