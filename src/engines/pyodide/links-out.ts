/**
 * Symbolic links by which an application in a sandbox would get out of its directories.
 *
 * Node.js takes `..` off a path as text when it asks whether it is allowed, and the system follows it where a
 * link has led: `deep/in/here/link/../../x` is allowed, and is beside what the link leads to.
 */
import { readlinkSync, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { FileAccess } from "../cpython/python-options.ts";
import { LoadError } from "../errors.ts";
import { entriesIn, liesIn } from "./directory-entries.ts";

/**
 * `directories` lie beside one another.
 * @throws {LoadError} there is such a link; it is named
 */
export function mustHoldNoLinkOut(directories: readonly string[], files: FileAccess): void {
  const real = directories.map((each) => realpathSync(each));
  for (const directory of real)
    for (const link of linksIn(directory)) {
      if (!leadsOut(link, real, files === "read-write")) continue;
      const why = `${link} is a symbolic link by which a sandboxed application gets out`;
      throw new LoadError(`${why}; remove it, and name what it leads to with --mount`, 2);
    }
}

/** What may not be read the application, which is the same user's, cannot read either. */
function* linksIn(directory: string): Generator<string> {
  for (const entry of entriesIn(directory)) {
    const path = join(directory, entry.name);
    if (entry.isSymbolicLink()) yield path;
    else if (entry.isDirectory()) yield* linksIn(path);
  }
}

/** One to a file gives that file alone, unless a directory can be put in its place. */
function leadsOut(link: string, directories: readonly string[], isWritable: boolean): boolean {
  const isDirectory = statSync(link, { throwIfNoEntry: false })?.isDirectory() === true;
  const named = readlinkSync(link);
  const target = isDirectory ? realpathSync(link) : resolve(dirname(link), named);
  const depth = depthOf(target, directories);
  if (!isDirectory && (!isWritable || depth === undefined)) return false;
  if (depth === undefined) return true;
  // It can be moved deeper, and leads to the same place.
  if (isWritable && isAbsolute(named)) return true;
  return depth < (depthOf(link, directories) ?? 0);
}

/** How far below the one of `directories` that it is in; undefined outside of all. */
function depthOf(path: string, directories: readonly string[]): number | undefined {
  const root = directories.find((each) => path === each || liesIn(path, each));
  if (root === undefined) return undefined;
  return path === root ? 0 : relative(root, path).split(sep).length;
}
