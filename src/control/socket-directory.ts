/**
 * Where the servers of this user have their control sockets, unless they are told otherwise: a
 * directory that no other user can enter, with a socket for each server that is named for its pid.
 */
import { lstatSync, mkdirSync, type Stats, unlinkSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasCode } from "../buffers/system-error.ts";
import { someoneListens } from "../server/listeners.ts";

const SUFFIX = ".sock";

/** A socket that nobody listens on is stale; a younger one may be about to be listened on. In milliseconds. */
const STALE_AFTER = 5_000;

/** There is no directory that could hold a control socket. */
export class SocketDirectoryError extends Error {
  override readonly name = "SocketDirectoryError";
}

/** Where a server of this process's environment has its socket: in the first that can be used. */
export function placesToListen(): readonly string[] {
  return [...sessionDirectories(process.env.XDG_RUNTIME_DIR), ownOf(tmpdir())];
}

/** Where servers of this user may have theirs, whatever their environment. */
export function placesToLook(): readonly string[] {
  const session = [process.env.XDG_RUNTIME_DIR, `/run/user/${userId()}`].flatMap(
    sessionDirectories,
  );
  return [...new Set([...session, ownOf(tmpdir()), ownOf("/tmp")])];
}

/** The first of these directories that can be used, made where it is missing. @throws {SocketDirectoryError} */
export function makeSocketDirectory(places: readonly string[]): string {
  const problems: string[] = [];
  for (const directory of places) {
    try {
      mkdirSync(directory, { mode: 0o700 });
    } catch (error) {
      if (!hasCode(error, "EEXIST")) {
        problems.push(`${directory} cannot be made: ${String(error)}`);
        continue;
      }
    }
    const problem = problemWith(directory);
    if (problem === undefined) return directory;
    problems.push(problem);
  }
  throw new SocketDirectoryError(problems.join("; "));
}

/** Names for the socket of this process, the best first: one of another container may have its number. */
export function socketPaths(directory: string): readonly [string, string] {
  const { pid } = process;
  return [join(directory, `${pid}${SUFFIX}`), join(directory, `${pid}-${Date.now()}${SUFFIX}`)];
}

/** The sockets in these directories that somebody listens on; removes what servers left that were killed. */
export async function liveSockets(places: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(places.map(socketsIn));
  return found.flat();
}

/** The name of the socket says which process made it; undefined where it has another name. */
export function pidOf(path: string): number | undefined {
  const pid = /\/(\d+)(?:-\d+)?\.sock$/.exec(path)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

async function socketsIn(directory: string): Promise<readonly string[]> {
  if (problemWith(directory) !== undefined) return [];
  const names = await readdir(directory);
  const paths = names.filter((name) => name.endsWith(SUFFIX)).map((name) => join(directory, name));
  const live = await Promise.all(
    paths.map(async (path) => {
      const stats = ownSocket(path);
      if (stats === undefined) return [];
      if (await someoneListens(path)) return [path];
      if (Date.now() - stats.mtimeMs > STALE_AFTER) remove(path);
      return [];
    }),
  );
  return live.flat();
}

/** The user's own runtime directory (XDG Base Directory Specification), if that is what it is. */
function sessionDirectories(runtime: string | undefined): readonly string[] {
  if (runtime === undefined || statsOf(runtime)?.uid !== userId()) return [];
  return [join(runtime, "portico")];
}

function ownOf(temporary: string): string {
  return join(temporary, `portico-${userId()}`);
}

/** Somebody else's directory, or one that is open to others, is not used: whoever can write there can listen there. */
function problemWith(directory: string): string | undefined {
  const stats = statsOf(directory);
  if (stats === undefined) return `${directory} does not exist`;
  if (!stats.isDirectory()) return `${directory} is no directory`;
  if (stats.uid !== userId()) return `${directory} belongs to another user`;
  if ((stats.mode & 0o077) !== 0) return `${directory} is open to others; chmod 700 it`;
  return undefined;
}

/** What is there, if it is a socket of this user's. */
export function ownSocket(path: string): Stats | undefined {
  const stats = statsOf(path);
  return stats?.isSocket() && stats.uid === userId() ? stats : undefined;
}

/** Unless it is gone already. */
export function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    // Another look was faster.
    if (!hasCode(error, "ENOENT")) throw error;
  }
}

/** Links are not followed. */
function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    // Nothing of ours is behind what cannot be looked at.
    return undefined;
  }
}

function userId(): number {
  return process.geteuid?.() ?? 0;
}
