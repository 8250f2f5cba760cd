/** `--user`, `--group` and `--initgroups`: as whom the server runs once its sockets and files are open. */
import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  lchownSync,
  lstatSync,
  openSync,
} from "node:fs";
import { hasCode } from "../buffers/system-error.ts";
import { shown } from "../log/escapes.ts";
import { UsageError } from "./errors.ts";
import type { Account, MachineSettings } from "./machine-settings.ts";

export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** Whose groups to be in beside `gid`. */
  readonly memberOf: Account | undefined;
}

/** The calls of the system, which Windows has not. */
interface Calls {
  geteuid(): number;
  getegid(): number;
  seteuid(id: Account): void;
  setegid(id: Account): void;
  setuid(id: Account): void;
  setgid(id: Account): void;
  setgroups(ids: readonly number[]): void;
  /** Not in the types of Node.js, though it has it. */
  initgroups(user: Account, group: Account): void;
}

/**
 * Undefined where nobody else is asked for.
 * @throws {UsageError} there is no such user or group, or this process may not become it
 */
export function identityOf(settings: MachineSettings): Identity | undefined {
  const { user, group, initgroups } = settings;
  if (initgroups && user === undefined) {
    throw new UsageError("--initgroups: whose groups are they to be? give --user too");
  }
  if (user === undefined && group === undefined) return undefined;
  const calls = systemCalls();
  const own = calls.geteuid();
  const uid = user === undefined ? own : numberOf("--user", user, calls.geteuid, calls.seteuid);
  const gid =
    group === undefined
      ? groupOf(user ?? own, uid, calls)
      : numberOf("--group", group, calls.getegid, calls.setegid);
  const isOther = uid !== own || gid !== calls.getegid();
  if (isOther && own !== 0) throw notAllowed(uid === own ? "--group" : "--user");
  return { uid, gid, memberOf: initgroups ? user : undefined };
}

/**
 * Gives what is open, as a log or a socket, to who will run the server. No links are followed: where that
 * user can write to the directory, one could lead to any file. Devices stay whose they are.
 */
export function giveFiles({ uid, gid }: Identity, paths: readonly string[]): void {
  for (const path of paths) {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats?.isSocket()) lchownSync(path, uid, gid);
    else if (stats?.isFile()) giveFile({ uid, gid }, path);
  }
}

function giveFile({ uid, gid }: Pick<Identity, "uid" | "gid">, path: string): void {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (stats.isFile() && stats.nlink === 1) fchownSync(file, uid, gid);
  } finally {
    closeSync(file);
  }
}

/** There is no way back. HOME and USER stay what they were, as under gunicorn. */
export function become({ uid, gid, memberOf }: Identity): void {
  const calls = systemCalls();
  // Without root it is this process's own identity, and there is nothing to change.
  if (calls.geteuid() !== 0) return;
  // Groups that the starting user is in are rights that the new one was not given.
  if (memberOf === undefined) calls.setgroups([gid]);
  else calls.initgroups(memberOf, gid);
  calls.setgid(gid);
  calls.setuid(uid);
}

/** The system looks names up where it is told to, which may not be in a file; it says the number of whom it became. */
function numberOf(
  flag: string,
  account: Account,
  get: () => number,
  set: (id: Account) => void,
): number {
  if (typeof account === "number") return account;
  const before = get();
  try {
    set(account);
    return get();
  } catch (error) {
    if (hasCode(error, "ERR_UNKNOWN_CREDENTIAL")) {
      const kind = flag.slice(2);
      throw new UsageError(`${flag}: there is no ${kind} ${shown(account)}; give one that exists`);
    }
    throw notAllowed(flag);
  } finally {
    set(before);
  }
}

function groupOf(user: Account, uid: number, calls: Calls): number {
  if (calls.geteuid() !== 0 || uid === 0) return calls.getegid();
  try {
    return Number(
      execFileSync("id", ["-g", String(user)], { stdio: ["ignore", "pipe", "ignore"] }),
    );
  } catch (error) {
    const problem = `--user ${shown(String(user))}: the system's list says no group of this user`;
    throw new UsageError(`${problem}; give --group too`, { cause: error });
  }
}

function notAllowed(flag: string): UsageError {
  return new UsageError(`${flag}: only root may become another; start it as root, or leave it out`);
}

function systemCalls(): Calls {
  if (process.setuid === undefined) throw new UsageError("--user: this system has no such users");
  // A system that has one of them has all.
  return process as unknown as Calls;
}
