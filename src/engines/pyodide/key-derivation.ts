/** Derives keys from passwords for a Python without OpenSSL, whose `hashlib` has checked the arguments. */
import { createHash, pbkdf2Sync, scryptSync } from "node:crypto";
import type { PyBuffer } from "pyodide/ffi";
import { hasCode } from "../../buffers/system-error.ts";

/**
 * What `given_means.py` calls, with its names; a tuple comes as a sequence of Python's. Keys leave as
 * what Pyodide knows: no `Buffer`.
 */
export const keyDerivation: KeyDerivation = { digestSize, pbkdf2, scrypt };

interface KeyDerivation {
  readonly digestSize: typeof digestSize;
  readonly pbkdf2: typeof pbkdf2;
  readonly scrypt: typeof scrypt;
}

/** In bytes; 0 where OpenSSL has no such digest. */
function digestSize(digest: string): number {
  try {
    return createHash(digest).digest().length;
  } catch {
    // Its errors have no code in common, and a name is all that it was given.
    return 0;
  }
}

function pbkdf2(
  digest: string,
  password: PyBuffer,
  salt: PyBuffer,
  cost: Iterable<number>,
): Uint8Array {
  const [iterations, length] = [...cost] as [number, number];
  return new Uint8Array(pbkdf2Sync(bytesOf(password), bytesOf(salt), iterations, length, digest));
}

/** Undefined where OpenSSL would take more than `maxmem` bytes; 0 is its own default, 32 MiB. */
function scrypt(
  password: PyBuffer,
  salt: PyBuffer,
  cost: Iterable<number>,
): Uint8Array | undefined {
  const [N, r, p, maxmem, length] = [...cost] as [number, number, number, number, number];
  try {
    const options = { N, r, p, maxmem };
    return new Uint8Array(scryptSync(bytesOf(password), bytesOf(salt), length, options));
  } catch (error) {
    if (hasCode(error, "ERR_CRYPTO_INVALID_SCRYPT_PARAMS")) return undefined;
    throw error;
  }
}

/** A copy: the interpreter's memory may move when it grows. */
function bytesOf(bytes: PyBuffer): Uint8Array {
  const view = bytes.getBuffer("u8");
  try {
    return Uint8Array.from(view.data);
  } finally {
    view.release();
  }
}
