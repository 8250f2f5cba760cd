/** What was read, as a session's values. */
import { isPlainObject } from "./python-json.ts";
import { BadPayloadError } from "./signing-errors.ts";

/** @throws {BadPayloadError} it is no object */
export function valuesOf(read: unknown): Map<string, unknown> {
  if (typeof read === "object" && read !== null && isPlainObject(read)) {
    return new Map(Object.entries(read));
  }
  throw new BadPayloadError("what was signed is no session");
}
