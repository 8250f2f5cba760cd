/**
 * This process's own directory for temporary files, and those that dead processes left.
 *
 * Its owner listens on a Unix socket in it. Whether that answers tells who lives, where numbers of
 * processes do not: containers that share a temporary directory number theirs each for itself.
 */
import { randomUUID } from "node:crypto";
import { rmSync, type Stats } from "node:fs";
import {
  access,
  type FileHandle,
  lstat,
  mkdtemp,
  open,
  readdir,
  rename,
  rm,
  writeFile,
} from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { BuffersFullError } from "./errors.ts";
import { hasCode, isSystemError } from "./system-error.ts";

const FINISHED = "portico-spool-";
/** A directory in which nobody listens yet; it gets its name when its owner does. */
const UNFINISHED = "portico-unfinished-";

const SOCKET = "owner";
/** In place of the socket where the file system has none. */
const NO_SOCKET = "no-socket";

/** `sun_path` ends at 104 bytes on macOS and at 108 on Linux; a longer path is cut in silence. */
const MAX_SOCKET_PATH_BYTES = 103;

/** An unfinished directory of this age, in milliseconds, is one whose owner died in making it. */
const UNFINISHED_FOR = 60_000;
/** Without a socket, a directory is abandoned when nothing has changed in it for a day. */
const UNCHANGED_FOR = 86_400_000;

/**
 * A new file in this process's directory, open for reading and writing.
 * @throws {BuffersFullError} none can be made there
 */
export async function createSpooled(): Promise<{ path: string; file: FileHandle }> {
  try {
    return await createInOwn();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new BuffersFullError(`no temporary file can be made in ${tmpdir()}: ${what}`, {
      cause: error,
    });
  }
}

async function createInOwn(): Promise<{ path: string; file: FileHandle }> {
  const current = ownDirectory();
  try {
    return await createIn(await current);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
    // Something has tidied the temporary directory, as systemd does with what is old.
    if (own === current) own = undefined;
    return await createIn(await ownDirectory());
  }
}

/** Removes what processes left that were killed before they could clean up. */
export async function removeAbandoned(): Promise<void> {
  const parent = tmpdir();
  const names = await readdir(parent);
  const spools = names.filter((name) => name.startsWith(FINISHED) || name.startsWith(UNFINISHED));
  await Promise.all(spools.map((name) => removeIfAbandoned(join(parent, name))));
}

let own: Promise<string> | undefined;

/** Made when it is first needed. */
function ownDirectory(): Promise<string> {
  own ??= makeDirectory().catch((error) => {
    own = undefined;
    throw error;
  });
  return own;
}

async function createIn(directory: string): Promise<{ path: string; file: FileHandle }> {
  const path = join(directory, randomUUID());
  return { path, file: await open(path, "wx+", 0o600) };
}

/** Others see it under its name only when its owner listens, so that none takes it for abandoned. */
async function makeDirectory(): Promise<string> {
  const unfinished = await mkdtemp(join(tmpdir(), UNFINISHED));
  const directory = join(tmpdir(), basename(unfinished).replace(UNFINISHED, FINISHED));
  try {
    await atSocketOf(unfinished, listen);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    await writeFile(join(unfinished, NO_SOCKET), "");
  }
  await rename(unfinished, directory);
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function removeIfAbandoned(directory: string): Promise<void> {
  try {
    const stats = await lstat(directory);
    // What another user's process left, that user's next server removes.
    if (!stats.isDirectory() || stats.uid !== process.geteuid?.()) return;
    if (await isAbandoned(directory, stats)) await rm(directory, { recursive: true, force: true });
  } catch (error) {
    // Its owner, or another server that looks for abandoned ones, was faster.
    if (!hasCode(error, "ENOENT", "ENOTEMPTY")) throw error;
  }
}

async function isAbandoned(directory: string, stats: Stats): Promise<boolean> {
  const age = Date.now() - stats.mtimeMs;
  if (basename(directory).startsWith(UNFINISHED)) return age > UNFINISHED_FOR;
  if (await exists(join(directory, NO_SOCKET))) return age > UNCHANGED_FOR;
  return !(await atSocketOf(directory, answers));
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
    return false;
  }
}

/** Calls `use` with a path of the directory's socket that is short enough for one. */
async function atSocketOf<T>(directory: string, use: (path: string) => Promise<T>): Promise<T> {
  const path = join(directory, SOCKET);
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return use(path);
  const opened = await open(directory, "r");
  try {
    // Linux alone has this way; elsewhere it leads nowhere, and age decides.
    return await use(`/proc/self/fd/${opened.fd}/${SOCKET}`);
  } finally {
    await opened.close();
  }
}

/** Until the process ends, which the socket does not hold up. */
function listen(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer((visitor) => visitor.destroy());
    server.once("error", reject);
    // Exclusive: else a cluster's primary would listen, and outlive this process.
    server.listen({ path, exclusive: true }, () => resolve());
    server.unref();
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const visitor = connect(path);
    visitor.once("connect", () => {
      visitor.destroy();
      resolve(true);
    });
    // Any other error, as a full queue of connections, tells of somebody who lives.
    visitor.once("error", (error) => resolve(!hasCode(error, "ECONNREFUSED", "ENOENT")));
  });
}
