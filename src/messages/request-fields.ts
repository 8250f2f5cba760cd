/** Header fields of a request, which an environ has under the names of meta-variables. */
import type { Environ } from "../wsgi/types.ts";

const FIELDS_WITHOUT_PREFIX: ReadonlySet<string> = new Set(["CONTENT_TYPE", "CONTENT_LENGTH"]);

/** RFC 3875 §4.1.18. */
export function metaVariable(name: string): `HTTP_${string}` | "CONTENT_TYPE" {
  const upper = name.toUpperCase().replaceAll("-", "_");
  // The two that RFC 3875 §4.1 gives a name of their own; both are keys of an environ.
  if (FIELDS_WITHOUT_PREFIX.has(upper)) return upper as "CONTENT_TYPE";
  return `HTTP_${upper}`;
}

/** All fields, as the platform has them; values are native strings, as on the wire. */
export function fieldsOf(environ: Environ): Headers {
  const headers = new Headers();
  for (const [key, value] of Object.entries(environ)) {
    if (typeof value !== "string") continue;
    if (key.startsWith("HTTP_")) headers.append(fieldName(key.slice(5)), value);
    // CGI has these two empty where the request lacks them (RFC 3875 §4.1.2).
    else if (FIELDS_WITHOUT_PREFIX.has(key) && value !== "") headers.append(fieldName(key), value);
  }
  return headers;
}

function fieldName(variable: string): string {
  return variable.toLowerCase().replaceAll("_", "-");
}
