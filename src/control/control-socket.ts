/** The Unix socket that a server is controlled over: opened here, and removed when the process ends. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Logger } from "../log/logger.ts";
import { someoneListens } from "../server/listeners.ts";
import { Server } from "../server/server.ts";
import { controlApplication } from "./control-application.ts";
import type { Controlled } from "./controlled.ts";
import {
  liveSockets,
  makeSocketDirectory,
  ownSocket,
  placesToListen,
  remove,
  socketPaths,
} from "./socket-directory.ts";

export interface ControlSocketOptions {
  /** Absolute; a name in this user's directory for sockets if there is none. */
  readonly path: string | undefined;
  /** The rights of the socket's file. */
  readonly mode: number;
  readonly software: string;
  readonly server: Controlled;
  readonly log: Logger;
}

/** Those who look at a server, and wait for its reload. */
const MOST_CONNECTIONS = 100;

/**
 * Resolves with its path when it listens; it does so until the process ends.
 * @throws {SocketDirectoryError} there is no directory for it
 * @throws {ListenError}
 */
export async function openControlSocket(options: ControlSocketOptions): Promise<string> {
  const path = await (options.path === undefined
    ? listenInDirectory(options)
    : listenOn(options.path, options));
  const inode = ownSocket(path)?.ino;
  process.once("exit", () => {
    // Another server may have taken the name meanwhile.
    if (ownSocket(path)?.ino === inode) remove(path);
  });
  return path;
}

async function listenInDirectory(options: ControlSocketOptions): Promise<string> {
  const directory = makeSocketDirectory(placesToListen());
  await liveSockets([directory]);
  const [first, second] = socketPaths(directory);
  return await serve((await isTaken(first)) ? second : first, options);
}

async function listenOn(path: string, options: ControlSocketOptions): Promise<string> {
  // As gunicorn does; whoever makes it is the only one to enter it.
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (await isTaken(path)) {
    options.log.warning(`Another server had the control socket ${path}; this one takes it over`);
    remove(path);
  }
  return await serve(path, options);
}

/** By a server of this user. */
async function isTaken(path: string): Promise<boolean> {
  return ownSocket(path) !== undefined && (await someoneListens(path));
}

async function serve(path: string, options: ControlSocketOptions): Promise<string> {
  const { mode, software, server: controlled, log } = options;
  const server = await Server.listen(controlApplication(controlled, log), {
    addresses: [{ kind: "unix", path, umask: 0o777 & ~mode }],
    backlog: MOST_CONNECTIONS,
    software,
    multiprocess: false,
    limits: { maxBodyBytes: 0 },
    connections: { total: MOST_CONNECTIONS },
    log,
  });
  server.start();
  return path;
}
