/**
 * gunicorn's `--access-logformat`, compiled once into a function from a request's record to its line.
 *
 * The line equals gunicorn's but for two things: values have control characters and backslashes
 * escaped as well as `"`, as JSON has it, so that no client can forge a line or leave its quotes; and
 * where the client has no address, on a Unix socket, `%(h)s` is `-` and not empty.
 */
import { atomFor } from "./access-atoms.ts";
import type { AccessFormat } from "./access-record.ts";
import { AccessFormatError } from "./errors.ts";
import { startOfEscaped } from "./escapes.ts";

export const DEFAULT_ACCESS_FORMAT = '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"';

// Python's "%" with a dictionary: %(name)s with flags, width and precision, or %%.
const DIRECTIVE = /%(?:%|\(([^()]*)\)([-+ #0]*)(\d*)(?:\.(\d+))?([a-zA-Z]))/g;

/** @throws {AccessFormatError} for a `%` that begins no `%(name)s`. */
export function compileAccessFormat(format: string): AccessFormat {
  const parts: (string | AccessFormat)[] = [];
  let end = 0;
  for (const directive of format.matchAll(DIRECTIVE)) {
    parts.push(literal(format.slice(end, directive.index)), part(directive));
    end = directive.index + directive[0].length;
  }
  parts.push(literal(format.slice(end)));
  return (record) => {
    let line = "";
    for (const piece of parts) line += typeof piece === "string" ? piece : piece(record);
    return line;
  };
}

function literal(text: string): string {
  const percent = text.indexOf("%");
  if (percent === -1) return text;
  const rest = text.slice(percent, percent + 12);
  const apache = /^%>?([a-zA-Z])/.exec(rest)?.[1];
  const remedy = apache === undefined ? "%(name)s, or %% for a percent sign" : `%(${apache})s`;
  throw new AccessFormatError(`${JSON.stringify(rest)} is not a log value; write ${remedy}`);
}

function part(directive: RegExpExecArray): string | AccessFormat {
  const [whole, name, flags = "", width = "", precision, conversion] = directive;
  if (name === undefined) return "%";
  if (conversion !== "s" && conversion !== "d" && conversion !== "i") {
    throw new AccessFormatError(
      `${JSON.stringify(whole)} has a conversion other than s and d; write %(${name})s`,
    );
  }
  const atom = atomFor(name);
  if (width === "" && precision === undefined) return atom;
  const fill = conversion !== "s" && flags.includes("0") && !flags.includes("-") ? "0" : " ";
  const isCut = conversion === "s" && precision !== undefined;
  const longest = isCut ? Number(precision) : Number.POSITIVE_INFINITY;
  return (record) => {
    const text = startOfEscaped(atom(record), longest);
    return flags.includes("-") ? text.padEnd(Number(width)) : text.padStart(Number(width), fill);
  };
}
