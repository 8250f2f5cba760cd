/** The header fields of an environ, by the names of HTTP. */
import type { Environ, HeaderList } from "./types.ts";

/** What clients send: a site sees some dozens of names, and a hostile client cannot fill it. */
const MAX_CACHED_NAMES = 512;

const cache = new Map<string, string>();

/** In small letters; where two spellings have one meta-variable, that with hyphens. */
export function fieldsOf(environ: Environ): HeaderList {
  const fields: HeaderList = [];
  for (const key in environ) {
    const isOfTheBody = key === "CONTENT_TYPE" || key === "CONTENT_LENGTH";
    if (!isOfTheBody && !key.startsWith("HTTP_")) continue;
    // All of these hold text, or nothing.
    const value = environ[key as "CONTENT_TYPE"];
    // CGI has these two empty where the request lacks them (RFC 3875 §4.1.2).
    if (typeof value !== "string" || (isOfTheBody && value === "")) continue;
    fields.push([fieldNameOf(key), value]);
  }
  return fields;
}

/** What a field is called whose meta-variable (RFC 3875 §4.1.18) this is. */
export function fieldNameOf(variable: string): string {
  return cache.get(variable) ?? learnName(variable);
}

function learnName(variable: string): string {
  const name = variable
    .replace(/^HTTP_/, "")
    .toLowerCase()
    .replaceAll("_", "-");
  if (cache.size < MAX_CACHED_NAMES) cache.set(variable, name);
  return name;
}
