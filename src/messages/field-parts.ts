/** The parts of a field's value, where quoted strings may hold what separates them (RFC 9110 §5.6). */
import { trimOws } from "../http/fields.ts";

/** In one pass, whatever is in it; a quoted string without an end takes all that is left. */
export function splitUnquoted(text: string, separator: "," | ";"): string[] {
  if (!text.includes('"')) return text.split(separator).map((part) => trimOws(part));
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') isQuoted = !isQuoted;
    else if (character === "\\" && isQuoted) at += 1;
    else if (character === separator && !isQuoted) {
      parts.push(trimOws(text, start, at));
      start = at + 1;
    }
  }
  parts.push(trimOws(text, start));
  return parts;
}

/** Parameters by their names in lower case, values unquoted; of two with one name the first counts. */
export type Parameters = ReadonlyMap<string, string>;

/** `a=1`, `b="2"` (RFC 9110 §5.6.6); what has no `=` is left out. */
export function parametersOf(parts: readonly string[]): Parameters {
  const parameters = new Map<string, string>();
  for (const part of parts) {
    const equals = part.indexOf("=");
    if (equals < 1) continue;
    const name = trimOws(part, 0, equals).toLowerCase();
    if (!parameters.has(name)) parameters.set(name, unquoted(trimOws(part, equals + 1)));
  }
  return parameters;
}

/** RFC 9110 §5.6.4; a backslash before anything but a quote or a backslash is one: browsers send file names so. */
function unquoted(text: string): string {
  const isQuoted = text.length >= 2 && text.startsWith('"') && text.endsWith('"');
  return isQuoted ? text.slice(1, -1).replace(/\\(["\\])/g, "$1") : text;
}
