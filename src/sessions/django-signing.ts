/** What `django.core.signing` signs, made and read with the same `SECRET_KEY`; the defaults are its own. */
import { pythonJson } from "./python-json.ts";
import { MAX_PAYLOAD_BYTES, SignedJson } from "./signed-json.ts";
import { type Digest, type Secret, type SecretKeys, Signer } from "./signer.ts";
import { BASE62_SECONDS, type Clock, TimestampSigner } from "./timestamp-signer.ts";

export interface DjangoSignerOptions extends SecretKeys, Clock {
  /** That of the class or function of the same name if not given. */
  readonly salt?: Secret;
  /** `sha256` if not given. */
  readonly digest?: Digest;
  /** `:` if not given. */
  readonly separator?: string;
}

export interface DjangoSigningOptions extends DjangoSignerOptions {
  /** Whether what is long is compressed; `false` if not given. Both are read. */
  readonly compress?: boolean;
  /** The longest JSON that is read, in bytes; 65,536 if not given. */
  readonly maxBytes?: number;
}

/**
 * `django.core.signing.Signer`: signs text.
 * @throws {SigningOptionsError}
 */
export function djangoSigner(options: DjangoSignerOptions): Signer {
  const { salt = "django.core.signing.Signer", separator = ":", digest = "sha256" } = options;
  return new Signer({ ...options, salt, separator, digest, keyDerivation: "django-concat" });
}

/**
 * `django.core.signing.TimestampSigner`: signs text and the time.
 * @throws {SigningOptionsError}
 */
export function djangoTimestampSigner(options: DjangoSignerOptions): TimestampSigner {
  const signer = djangoSigner({ salt: "django.core.signing.TimestampSigner", ...options });
  return new TimestampSigner(signer, BASE62_SECONDS, options);
}

/**
 * `django.core.signing.dumps` and `loads`.
 * @throws {SigningOptionsError}
 * @example
 * const signing = djangoSigning({ secretKey, salt: "unsubscribe" });
 * const token = signing.dumps({ user: 7 });
 * const value = signing.loads(token, { maxAge: 86_400 });
 */
export function djangoSigning(options: DjangoSigningOptions): SignedJson {
  const { compress = false, maxBytes = MAX_PAYLOAD_BYTES } = options;
  const signer = djangoTimestampSigner({ salt: "django.core.signing", ...options });
  return new SignedJson(signer, { json: pythonJson, compress, maxBytes });
}
