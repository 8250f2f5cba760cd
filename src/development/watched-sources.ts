/** Which files a change of which loads the application anew. Pure, but for what `isEnvironment` looks at. */
import { isAbsolute, relative, resolve, sep } from "node:path";

export interface WatchedSources {
  /** Directories, with all that is beneath them. */
  readonly directories: readonly string[];
  /** Files, directories and patterns that count whatever their names end in. */
  readonly extras: readonly string[];
  /** Whether a directory is a virtual environment: others' code, and much of it. */
  readonly isEnvironment: (directory: string) => boolean;
}

const SOURCE = /\.(?:py|[mc]?[jt]s|[jt]sx)$/;

/** Written by tools and package managers, not by hand. */
const NOT_BY_HAND: ReadonlySet<string> = new Set(["node_modules", "__pycache__", "site-packages"]);

const MAGIC = /[*?[]/;

/** What is to be watched, as `roots`, and what beneath it is not. */
export class SourceFilter {
  readonly roots: readonly string[];
  readonly #directories: readonly string[];
  readonly #extras: readonly Extra[];
  readonly #isEnvironment: (directory: string) => boolean;

  constructor({ directories, extras, isEnvironment }: WatchedSources) {
    this.#directories = directories.map((directory) => resolve(directory));
    this.#extras = extras.map(extraOf);
    this.#isEnvironment = isEnvironment;
    this.roots = [...new Set([...this.#directories, ...this.#extras.map(({ root }) => root)])];
  }

  /** Whether nothing in a directory matters. */
  skipsDirectory(path: string): boolean {
    if (this.#extras.some(({ root }) => isWithin(path, root) || isWithin(root, path))) return false;
    if (this.#directories.includes(path)) return false;
    return !this.#isSource(path) || this.#isEnvironment(path);
  }

  /** Whether a change of this file counts. */
  watchesFile(path: string): boolean {
    if (this.#extras.some(({ matches }) => matches(path))) return true;
    return SOURCE.test(path) && this.#isSource(path);
  }

  /** Whether it is in a watched directory, and nothing hidden or generated leads from that to it. */
  #isSource(path: string): boolean {
    return this.#directories.some(
      (directory) =>
        isWithin(path, directory) &&
        !relative(directory, path)
          .split(sep)
          .some((name) => name.startsWith(".") || NOT_BY_HAND.has(name)),
    );
  }
}

interface Extra {
  /** What has to be watched for it. */
  readonly root: string;
  matches(path: string): boolean;
}

function extraOf(text: string): Extra {
  const path = resolve(text);
  const magic = path.split(sep).findIndex((name) => MAGIC.test(name));
  if (magic === -1) return { root: path, matches: (changed) => isWithin(changed, path) };
  const root = path.split(sep).slice(0, magic).join(sep) || sep;
  const pattern = new RegExp(`^${patternOf(path)}$`, "s");
  return { root, matches: (changed) => pattern.test(changed) };
}

/** Python's glob, which gunicorn uses: `*`, `?` and `[...]` within a name, `**` for any directories. */
function patternOf(path: string): string {
  return path.replace(/\*\*\/|\*\*|\*|\?|\[!?[^\]]+\]|[.+^${}()|\\/[\]]/g, (found) => {
    if (found === "**/") return "(?:.*/)?";
    if (found === "**") return ".*";
    if (found === "*") return "[^/]*";
    if (found === "?") return "[^/]";
    if (found.length > 1) return found.replace(/^\[!/, "[^").replaceAll("\\", "\\\\");
    return `\\${found}`;
  });
}

function isWithin(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way === "" || !(way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way));
}
