/** Reads a requirements file, as pip writes them, as far as names, versions and `-r` go. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { LoadError } from "../errors.ts";

export interface Requirement {
  /** As it stands there: a name, and what PEP 508 has behind it. */
  readonly text: string;
  /** `requirements.txt:3`, for errors. */
  readonly where: string;
}

/** @throws {LoadError} a file cannot be read, or asks for what is not done here */
export function readRequirements(path: string, above: readonly string[] = []): Requirement[] {
  if (above.includes(path)) throw new LoadError(`${path} names itself with -r`, 2);
  return logicalLines(textOf(path)).flatMap(({ text, number }) => {
    const where = `${path}:${number}`;
    const nested = /^(?:-r|--requirement)[\s=]*(\S+)$/.exec(text)?.[1];
    if (nested !== undefined)
      return readRequirements(join(dirname(path), nested), [...above, path]);
    const option = /(?:^|\s)(--?[a-zA-Z][\w-]*)/.exec(text)?.[1];
    if (option === undefined) return [{ text, where }];
    const remedy = "what can stand there is names, versions and -r FILE; see docs/pyodide.md";
    throw new LoadError(`${where}: ${option} is not for Pyodide; ${remedy}`, 2);
  });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new LoadError(`--requirements: ${why}`, 2);
  }
}

interface LogicalLine {
  readonly text: string;
  /** Of its first line. */
  readonly number: number;
}

/** Without comments; a backslash at its end joins a line to the next one. */
function logicalLines(text: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let begun: LogicalLine | undefined;
  for (const [index, line] of text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .entries()) {
    const { text: before, number } = begun ?? { text: "", number: index + 1 };
    const joined = before + line.replace(/\\$/, "");
    begun = { text: joined, number };
    if (line.endsWith("\\")) continue;
    lines.push({ text: joined.replace(/(?:^|\s)#.*$/, "").trim(), number });
    begun = undefined;
  }
  if (begun !== undefined) lines.push(begun);
  return lines.filter((each) => each.text !== "");
}
