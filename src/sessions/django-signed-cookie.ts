/** Cookies of `HttpResponse.set_signed_cookie` and `HttpRequest.get_signed_cookie`. */
import { type DjangoSignerOptions, djangoTimestampSigner } from "./django-signing.ts";
import type { AgeLimit, Secret } from "./signer.ts";
import { BadSignatureError, SignatureExpiredError } from "./signing-errors.ts";
import type { TimestampSigner } from "./timestamp-signer.ts";

export interface DjangoCookieOptions
  extends Pick<DjangoSignerOptions, "secretKey" | "secretKeyFallbacks" | "now"> {
  /** The `salt` of `set_signed_cookie`; empty if not given. */
  readonly salt?: string;
  /**
   * Which of Django's two ways to join name and salt new cookies are signed by: `v2` of the releases that
   * have `SIGNED_COOKIE_LEGACY_SALT_FALLBACK`, `legacy` of those before; `v2` if not given.
   */
  readonly signs?: "v2" | "legacy";
  /** Whether cookies that were signed by the legacy way are read; `true` if not given. */
  readonly readsLegacy?: boolean;
}

/** Values of cookies, as `cookies` of a request gives them and `setCookie` of a response takes them. */
export class DjangoSignedCookies {
  readonly #options: DjangoCookieOptions;

  /** @throws {SigningOptionsError} */
  constructor(options: DjangoCookieOptions) {
    this.#options = options;
    // What it refuses, an empty key above all, is refused before the first cookie.
    djangoTimestampSigner({ ...options, salt: "" });
  }

  /** What a cookie of this name is to hold. Only characters that a cookie may have should be in the value. */
  sign(name: string, value: string): string {
    const { signs = "v2" } = this.#options;
    return this.#signer(name, signs).sign(value);
  }

  /**
   * The value that was signed under this name.
   * @throws {BadSignatureError}
   * @throws {SignatureExpiredError} longer ago than `maxAge` seconds
   */
  unsign(name: string, signed: string, limit: AgeLimit = {}): string {
    const { readsLegacy = true } = this.#options;
    try {
      return this.#signer(name, "v2").unsign(signed, limit);
    } catch (error) {
      const mayBeLegacy = error instanceof BadSignatureError && readsLegacy;
      if (!mayBeLegacy || error instanceof SignatureExpiredError) throw error;
      return this.#signer(name, "legacy").unsign(signed, limit);
    }
  }

  #signer(name: string, way: "v2" | "legacy"): TimestampSigner {
    const { secretKey, secretKeyFallbacks = [], salt = "", now = Date.now } = this.#options;
    return djangoTimestampSigner({
      secretKey: cookieKey(secretKey),
      secretKeyFallbacks: secretKeyFallbacks.map(cookieKey),
      // The length keeps two pairs of name and salt from being one text.
      salt:
        way === "legacy"
          ? name + salt
          : `django.http.cookies.v2:${[...salt].length}:${salt}${name}`,
      now,
    });
  }
}

const PURPOSE = Buffer.from("django.http.cookies");

function cookieKey(secret: Secret): Buffer {
  return Buffer.concat([PURPOSE, Buffer.from(secret)]);
}
