/** The fields of an answer that are the application's to send. */
import { fieldName, isOfTheConnection } from "../http/fields.ts";
import type { HeaderList } from "../wsgi/types.ts";

/**
 * Without those of a connection (RFC 9110 §7.6.1): servers of other kinds let their applications send
 * them, and what they say is not so of the connection that the answer leaves by.
 */
export function endToEndFields(fields: Iterable<readonly [string, string]>): HeaderList {
  const kept: HeaderList = [];
  for (const [name, value] of fields) {
    const known = fieldName(name);
    if (known === undefined || !isOfTheConnection(known.role)) kept.push([name, value]);
  }
  return kept;
}
