/** The Unix socket that a server is controlled over: opened here, and removed when the process ends. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { isSystemError } from "../buffers/system-error.ts";
import type { Logger } from "../log/logger.ts";
import { ListenError, someoneListens } from "../server/listeners.ts";
import { Server } from "../server/server.ts";
import { controlApplication } from "./control-application.ts";
import type { Controlled } from "./controlled.ts";
import {
  liveSockets,
  makeSocketDirectory,
  ownSocket,
  placesToListen,
  remove,
  SocketDirectoryError,
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

/** Where it listens, until the process ends; or why it cannot. */
export type OpenedSocket = { readonly path: string } | { readonly problem: string };

export async function openControlSocket(options: ControlSocketOptions): Promise<OpenedSocket> {
  try {
    const path = await (options.path === undefined
      ? listenInDirectory(options)
      : listenOn(options.path, options));
    removeAtExit(path);
    return { path };
  } catch (error) {
    const isNoMistake =
      error instanceof ListenError || error instanceof SocketDirectoryError || isSystemError(error);
    if (!isNoMistake) throw error;
    return { problem: error.message };
  }
}

function removeAtExit(path: string): void {
  const inode = ownSocket(path)?.ino;
  process.once("exit", () => {
    // Another server may have taken the name meanwhile.
    if (inode === undefined || ownSocket(path)?.ino !== inode) return;
    try {
      remove(path);
    } catch {
      // Whoever looks for servers next removes it.
    }
  });
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
