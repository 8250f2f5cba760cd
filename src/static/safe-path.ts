/** From PATH_INFO to a file's name below a directory, and back to a URL; touches no file. */
import { pathText } from "./path-bytes.ts";

/** What a path asks for, below the directory that is served. */
export interface SafePath {
  /** With `/` between its segments, without one at either end; empty for the directory itself. */
  readonly name: string;
  /** Whether the path ends in a slash, as that of a directory does. */
  readonly endsInSlash: boolean;
}

/** RFC 8615: public by definition, though it begins with a dot. */
const WELL_KNOWN = ".well-known";

/** NUL ends a name for the system; a backslash separates names, and a letter with a colon is a drive, on Windows. */
const UNSAFE = /[\0\\]|(?:^|\/)[A-Za-z]:/;

/**
 * Win32 reads other names as devices (`CON`, `nul.txt`, `COM1`), as streams of a file (`a:b`), as patterns or
 * short forms of another (`a*`, `PROGRA~1`), or without what they end in (`a.`, `a `): each would be a second way to a file.
 */
const MEANS_MORE_ON_WINDOWS =
  /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)(?:[. ]|$)|[\x00-\x1f<>:"|?*]|[. ]$|~[0-9]/i;

/** Undefined where the path names nothing that may be served. It was percent-decoded once, and is not again. */
export function safePath(
  pathInfo: string,
  showsDotfiles: boolean,
  system: NodeJS.Platform = process.platform,
): SafePath | undefined {
  const path = pathText(pathInfo, system);
  if (path === undefined || UNSAFE.test(path)) return undefined;
  if (path === "") return { name: "", endsInSlash: false };
  if (!path.startsWith("/")) return undefined;
  const endsInSlash = path.endsWith("/");
  const name = path.slice(1, endsInSlash ? Math.max(path.length - 1, 1) : path.length);
  if (name === "" && path !== "/") return undefined;
  const segments = name === "" ? [] : name.split("/");
  const isSafe =
    segments.every((segment, at) => isShown(segment, at, showsDotfiles)) &&
    (system !== "win32" || !segments.some((segment) => MEANS_MORE_ON_WINDOWS.test(segment)));
  return isSafe ? { name, endsInSlash } : undefined;
}

function isShown(segment: string, at: number, showsDotfiles: boolean): boolean {
  // Two slashes are not one: a file has one path, and so one place in caches.
  if (segment === "" || segment === "." || segment === "..") return false;
  return !segment.startsWith(".") || showsDotfiles || (at === 0 && segment === WELL_KNOWN);
}

/** RFC 3986 §3.3: what may stand in a path as it is, and the slash. */
const NOT_IN_PATH = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/]/g;

/** The native string of a path as a relative reference that leads to the same host, whatever it is. */
export function pathReference(path: string): string {
  // Two slashes at the start would be a host's name (RFC 3986 §4.2).
  return escapedPath(path.replace(/^\/*/, "/"));
}

/** The native string of a path with all percent-encoded that no path may hold as it is. */
export function escapedPath(path: string): string {
  return path.replace(NOT_IN_PATH, escaped);
}

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
