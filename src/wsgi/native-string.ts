/** Text in native strings (PEP 3333, "Unicode Issues"): their characters are bytes, mostly of UTF-8. */

// What ASCII alone cannot show needs decoding.
const BEYOND_ASCII = /[\x80-\xff]/;

/** A native string's bytes as UTF-8; what is none becomes U+FFFD. */
export function decodeUtf8(native: string): string {
  return BEYOND_ASCII.test(native) ? Buffer.from(native, "latin1").toString("utf8") : native;
}

/** Text as a native string: its UTF-8, a character for each byte. */
export function encodeUtf8(text: string): string {
  return /[^\x00-\x7f]/.test(text) ? Buffer.from(text, "utf8").toString("latin1") : text;
}

/** Each byte of the text's UTF-8 as `%XX` (RFC 3986 §2.1). */
export function percentEncoded(text: string): string {
  return Buffer.from(text, "utf8").toString("hex").toUpperCase().replace(/../g, "%$&");
}

const ESCAPE = /%([0-9A-Fa-f]{2})/g;

/** Percent-decoded once into a native string; what is no escape stays as it is. */
export function decodePath(rawPath: string): string {
  if (!rawPath.includes("%")) return rawPath;
  return rawPath.replace(ESCAPE, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
