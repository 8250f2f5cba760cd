/** What Pallets' itsdangerous signs, made and read with the same secret; the defaults are its own. */
import { pythonJson } from "./python-json.ts";
import { type JsonCodec, MAX_PAYLOAD_BYTES, SignedJson } from "./signed-json.ts";
import { type Digest, type KeyDerivation, type Secret, type SecretKeys, Signer } from "./signer.ts";
import { BASE64_SECONDS, type Clock, TimestampSigner } from "./timestamp-signer.ts";

export interface ItsdangerousOptions extends SecretKeys, Clock {
  /** `itsdangerous.Signer` for signers, `itsdangerous` for serializers if not given. */
  readonly salt?: Secret;
  /** `django-concat` if not given. */
  readonly keyDerivation?: KeyDerivation;
  /** `sha1` if not given: an HMAC by it is safe, and it is what every version reads. */
  readonly digest?: Digest;
  /** `.` if not given. */
  readonly separator?: string;
}

export interface SerializerOptions extends ItsdangerousOptions {
  /** Python's JSON if not given. */
  readonly json?: JsonCodec;
  /** The longest JSON that is read, in bytes; 65,536 if not given. */
  readonly maxBytes?: number;
}

/**
 * `itsdangerous.Signer`: signs text.
 * @throws {SigningOptionsError}
 */
export function itsdangerousSigner(options: ItsdangerousOptions): Signer {
  const { salt = "itsdangerous.Signer", separator = ".", digest = "sha1" } = options;
  const { keyDerivation = "django-concat" } = options;
  return new Signer({ ...options, salt, separator, digest, keyDerivation });
}

/**
 * `itsdangerous.TimestampSigner`: signs text and the time.
 * @throws {SigningOptionsError}
 */
export function itsdangerousTimestampSigner(options: ItsdangerousOptions): TimestampSigner {
  return new TimestampSigner(itsdangerousSigner(options), BASE64_SECONDS, options);
}

/**
 * `itsdangerous.URLSafeSerializer`: values as signed text that may stand in an URL.
 * @throws {SigningOptionsError}
 */
export function urlSafeSerializer(options: SerializerOptions): SignedJson {
  return new SignedJson(itsdangerousSigner(withSalt(options)), jsonOptions(options));
}

/**
 * `itsdangerous.URLSafeTimedSerializer`: the same, and the time with it.
 * @throws {SigningOptionsError}
 * @example
 * const links = urlSafeTimedSerializer({ secretKey, salt: "reset-password" });
 * const token = links.dumps({ user: 7 });
 * const { user } = links.loads(token, { maxAge: 3600 }) as { user: number };
 */
export function urlSafeTimedSerializer(options: SerializerOptions): SignedJson {
  return new SignedJson(itsdangerousTimestampSigner(withSalt(options)), jsonOptions(options));
}

function withSalt(options: SerializerOptions): SerializerOptions {
  return { salt: "itsdangerous", ...options };
}

function jsonOptions(options: SerializerOptions): ConstructorParameters<typeof SignedJson>[1] {
  const { json = pythonJson, maxBytes = MAX_PAYLOAD_BYTES } = options;
  return { json, maxBytes, compress: true };
}
