/** What lies in a directory: nothing in one that is not there, or may not be read. */
import { type Dirent, readdirSync } from "node:fs";
import { join, sep } from "node:path";

export function namesIn(directory: string): string[] {
  return entriesIn(directory).map(({ name }) => name);
}

export function entriesIn(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** By their names; at whatever depth, and not the directory itself. */
export function liesIn(path: string, directory: string): boolean {
  return path.startsWith(join(directory, sep));
}
