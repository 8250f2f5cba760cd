/**
 * Secrets and tokens as Django has them: the cookie holds 32 letters and digits, a form the same
 * behind a mask that is new each time. With a key, half of a secret is the signature of the other.
 */
import { createHmac, randomInt } from "node:crypto";
import { isSameText, type SecretKeys, secretBytes } from "../sessions/signer.ts";

const ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const SECRET_LENGTH = 32;
const HALF = SECRET_LENGTH / 2;
const SECRET = /^[a-zA-Z0-9]{32}$/;
const TOKEN = /^[a-zA-Z0-9]{64}$/;

/** Makes secrets, and knows its own. */
export class CsrfSecrets {
  /** The first signs; empty where secrets are not signed. */
  readonly #keys: readonly Buffer[];

  /** @throws {SigningOptionsError} a key is empty */
  constructor(keys?: SecretKeys) {
    const { secretKey, secretKeyFallbacks = [] } = keys ?? {};
    const secrets = secretKey === undefined ? [] : [secretKey, ...secretKeyFallbacks];
    this.#keys = secrets.map((secret) => secretBytes(secret, "secretKey"));
  }

  /** `owner` is whose secret it is to be: it is no other's. */
  make(owner: string): string {
    const [key] = this.#keys;
    const random = randomText(key === undefined ? SECRET_LENGTH : HALF);
    return key === undefined ? random : random + signatureOf(key, owner, random);
  }

  /** Whether a cookie's value is a secret of that owner. */
  isOwn(secret: string, owner: string): boolean {
    if (!SECRET.test(secret)) return false;
    const [random, signature] = [secret.slice(0, HALF), secret.slice(HALF)];
    return (
      this.#keys.length === 0 ||
      this.#keys.some((key) => isSameText(signature, signatureOf(key, owner, random)))
    );
  }
}

/** A token for the secret; no two are the same, so that compression of pages betrays none (BREACH). */
export function tokenFor(secret: string): string {
  const mask = randomText(SECRET_LENGTH);
  return mask + shifted(secret, mask, 1);
}

/** Whether a token, or the secret itself as a script reads it from the cookie, is of that secret. */
export function isTokenOf(token: string, secret: string): boolean {
  const [mask, hidden] = [token.slice(0, SECRET_LENGTH), token.slice(SECRET_LENGTH)];
  const unmasked = TOKEN.test(token) ? shifted(hidden, mask, -1) : token;
  return isSameText(unmasked, secret);
}

function shifted(text: string, mask: string, direction: 1 | -1): string {
  const size = ALPHABET.length;
  return Array.from(text, (character, at) => {
    const by = ALPHABET.indexOf(mask.charAt(at)) * direction;
    return ALPHABET.charAt((ALPHABET.indexOf(character) + by + size) % size);
  }).join("");
}

function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join("");
}

/** 16 characters: 95 bits of the HMAC. */
function signatureOf(key: Buffer, owner: string, random: string): string {
  const hmac = createHmac("sha256", key).update(`portico.csrf:${random}:${owner}`).digest();
  return Array.from(hmac.subarray(0, HALF), (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join(
    "",
  );
}
