/** The header fields of an environ, by the names of HTTP. */
import type { Environ, HeaderList } from "../wsgi/types.ts";

/** What clients send: a site sees some dozens of names, and a hostile client cannot fill it. */
const MAX_CACHED_NAMES = 512;

const cache = new Map<string, string>();

/** In small letters; where two spellings have one meta-variable, that with hyphens. */
export function fieldsOf(environ: Environ): HeaderList {
  const fields: HeaderList = [];
  for (const key in environ) {
    if (!key.startsWith("HTTP_") && key !== "CONTENT_TYPE" && key !== "CONTENT_LENGTH") continue;
    // Both kinds of key hold text, or nothing.
    const value = environ[key as "CONTENT_TYPE"];
    if (value !== undefined) fields.push([cache.get(key) ?? learnName(key), value]);
  }
  return fields;
}

function learnName(key: string): string {
  const name = key
    .replace(/^HTTP_/, "")
    .toLowerCase()
    .replaceAll("_", "-");
  if (cache.size < MAX_CACHED_NAMES) cache.set(key, name);
  return name;
}
