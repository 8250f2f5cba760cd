/** One header field of a request, which an environ has under the name of its meta-variable. */
import { fieldName } from "../http/fields.ts";
import type { Environ } from "../wsgi/types.ts";

/** Its value as on the wire; undefined where the request lacks it, or the name is none. */
export function fieldOf(environ: Environ, name: string): string | undefined {
  const known = fieldName(name);
  return known === undefined ? undefined : environ[known.metaVariable];
}
