/**
 * Names of files as text, and back. On Linux a name is bytes, which need be no UTF-8: those that are none
 * stand in text as lone surrogates, U+DC80 to U+DCFF, as they do in Python (PEP 383).
 */

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const BEYOND_ASCII = /[\x80-\xff]/;

/** RFC 3629 §4, and behind that whatever byte is left. */
const CHARACTERS =
  /[\xc2-\xdf][\x80-\xbf]|(?:\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f])[\x80-\xbf]|(?:\xf0[\x90-\xbf]|[\xf1-\xf3][\x80-\xbf]|\xf4[\x80-\x8f])[\x80-\xbf]{2}|[\x80-\xff]/g;

/** Older decoders read these as ASCII in too many bytes, dots and slashes too: no name has them in good faith. */
const OVERLONG = /[\xc0\xc1]/;

/** With the flag, what is half of a pair is none. */
const ESCAPED_BYTE = /(\p{Surrogate})/u;

/** The text of a native string's bytes; undefined where they can name no file. */
export function pathText(native: string, system: NodeJS.Platform): string | undefined {
  if (!BEYOND_ASCII.test(native)) return native;
  try {
    return UTF8.decode(Buffer.from(native, "latin1"));
  } catch {
    // Other systems name files by characters.
    return system === "linux" && !OVERLONG.test(native) ? escapeBytes(native) : undefined;
  }
}

function escapeBytes(native: string): string {
  return native.replace(CHARACTERS, (character) =>
    character.length === 1
      ? String.fromCharCode(0xdc00 + character.charCodeAt(0))
      : Buffer.from(character, "latin1").toString("utf8"),
  );
}

/** What the file system is to be asked for. */
export function systemPath(path: string): string | Buffer {
  if (!ESCAPED_BYTE.test(path)) return path;
  const parts = path
    .split(ESCAPED_BYTE)
    .map((part) =>
      ESCAPED_BYTE.test(part) ? Buffer.from([part.charCodeAt(0) - 0xdc00]) : Buffer.from(part),
    );
  return Buffer.concat(parts);
}
