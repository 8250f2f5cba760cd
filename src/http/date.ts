/** A given time as RFC 9110 §5.6.7 writes it. */

/** `Sat, 21 Nov 2026 05:00:00 GMT` for milliseconds since 1970. */
export function imfFixdate(milliseconds: number): string {
  // ECMA-262 fixes this format, and it is IMF-fixdate to the letter.
  return new Date(milliseconds).toUTCString();
}
