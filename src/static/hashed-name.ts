/** Names that hold a hash of their file's content: such a file never changes under its name. */

/**
 * A hash is a part of its own before the endings, in hexadecimal, of 8 digits or more: that of
 * Django's ManifestStaticFilesStorage (`app.0123456789ab.css`), of webpack, Parcel and Sprockets. A number alone may be a date, and
 * letters alone a word; so one hash of 280 in Django's length is not taken for one, and its file is asked
 * for now and then. What other tools write, as Vite's eight of 64 characters, is like a word with a
 * digit, and for the caller to tell.
 */
const HASH = /[.-](?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{8,64}\.[^./]+(?:\.map)?$/;

/** By the name alone. */
export function isHashedName(name: string): boolean {
  return HASH.test(name);
}
