/**
 * The system's time zones, of which Pyodide brings none. Python is given what is in the files: of their
 * directories, whose links lead to and fro, some would lead out of a sandbox.
 */
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { PyodideAPI } from "pyodide";
import { entriesIn } from "./directory-entries.ts";

/** Where `zoneinfo` looks for them, too. */
const DIRECTORY = "/usr/share/zoneinfo";

/** The same zones once more, by other reckonings: nobody names them. */
const OTHERS = ["posix", "right"];

/** RFC 9636 §3.1. */
const MAGIC = "TZif";

/** More than any has. */
const LARGEST = 65_536;

/** By name, in base64. */
export type TimeZones = Readonly<Record<string, string>>;

/** None where the system has none. */
export function readTimeZones(directory: string = DIRECTORY): TimeZones {
  const zones: Record<string, string> = {};
  for (const name of namesBelow(directory)) {
    const file = join(directory, name);
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats?.isFile() !== true || stats.size > LARGEST) continue;
    const bytes = readFileSync(file);
    if (bytes.toString("latin1", 0, MAGIC.length) === MAGIC) zones[name] = bytes.toString("base64");
  }
  return zones;
}

export function giveTimeZones({ FS }: PyodideAPI, zones: TimeZones): void {
  const files = Object.entries(zones).map(([name, text]) => [join(DIRECTORY, name), text] as const);
  for (const directory of new Set(files.map(([file]) => dirname(file)))) FS.mkdirTree(directory);
  for (const [file, text] of files) FS.writeFile(file, Buffer.from(text, "base64"));
}

function* namesBelow(directory: string, above = ""): Generator<string> {
  for (const entry of entriesIn(join(directory, above))) {
    const name = join(above, entry.name);
    if (!entry.isDirectory()) yield name;
    else if (!OTHERS.includes(name)) yield* namesBelow(directory, name);
  }
}
