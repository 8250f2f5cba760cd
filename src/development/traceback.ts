/** Where an error came from, with the lines of source that were written by hand. */
import { readFileSync, statSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** One call of the stack. */
export interface Frame {
  /** The function's name; empty at the top of a module. */
  readonly call: string;
  readonly path: string;
  /** From 1 on. */
  readonly line: number;
  /** Whether it is the application's own code, and no package's. */
  readonly isOwn: boolean;
  /** The lines around; none where the file cannot be read. */
  readonly source: readonly SourceLine[];
}

export interface SourceLine {
  readonly number: number;
  readonly text: string;
}

/** Lines that are shown before the one that counts, and behind it. */
const LINES_AROUND = 5;

/** A larger file was not written by hand. */
const MAX_SOURCE_BYTES = 4 * 1024 ** 2;

/** What V8 writes of a call in a file: `at call (path:line:column)`, or without a name `at path:line:column`. */
const CALL = /^\s*at (?:(.*) \()?((?:file:\/\/\/|\/|[A-Za-z]:[\\/]).*):(\d+):(\d+)\)?$/;

export function framesOf(error: Error): readonly Frame[] {
  const lines = (error.stack ?? "").split("\n");
  return lines.flatMap((line) => {
    const [isCall, call = "", place = "", row = "", column = ""] = CALL.exec(line) ?? [];
    if (isCall === undefined) return [];
    const path = place.startsWith("file://") ? fileURLToPath(place) : place;
    return frameAt(call, { path, line: Number(row), column: Number(column) });
  });
}

interface Position {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

function frameAt(call: string, compiled: Position): Frame {
  const { path, line } = written(compiled);
  return {
    call: call.replace(/^async /, ""),
    path,
    line,
    isOwn: !/[\\/]node_modules[\\/]/.test(path),
    source: linesAround(read(path), line),
  };
}

const MAPPING = /^\/\/[#@] sourceMappingURL=(\S+)\s*$/gm;

/** Where that was written; with `--enable-source-maps` the stack says so itself, and the file has no map. */
function written(compiled: Position): Position {
  const { path, line, column } = compiled;
  const name = [...read(path).matchAll(MAPPING)].at(-1)?.[1];
  const map = name === undefined ? undefined : sourceMap(name, path);
  const entry = map?.findEntry(line - 1, column - 1);
  if (entry === undefined || !("originalSource" in entry)) return compiled;
  const { originalSource: source, originalLine, originalColumn } = entry;
  const original = source.startsWith("file://")
    ? fileURLToPath(source)
    : resolve(dirname(path), source);
  return { path: original, line: originalLine + 1, column: originalColumn + 1 };
}

/** Undefined where it is none: the error is shown as it was compiled then. */
function sourceMap(name: string, path: string): SourceMap | undefined {
  const [, encoded] = /^data:application\/json(?:;charset=[^;,]+)?;base64,(.*)$/.exec(name) ?? [];
  const text =
    encoded === undefined
      ? read(resolve(dirname(path), name))
      : Buffer.from(encoded, "base64").toString("utf8");
  try {
    return new SourceMap(JSON.parse(text));
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function linesAround(text: string, line: number): readonly SourceLine[] {
  const first = Math.max(1, line - LINES_AROUND);
  const lines = text.split(/\r?\n/).slice(first - 1, line + LINES_AROUND);
  if (text === "") return [];
  return lines.map((each, at) => ({ number: first + at, text: each }));
}

/** Empty where it cannot be read: what is shown is a help, and must not fail itself. */
function read(path: string): string {
  try {
    const stats = statSync(path);
    return stats.isFile() && stats.size <= MAX_SOURCE_BYTES ? readFileSync(path, "utf8") : "";
  } catch (error) {
    if (error instanceof Error && "code" in error) return "";
    throw error;
  }
}
