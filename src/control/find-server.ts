/** Finds the server that an operator means, among those of the same user. */
import { ControlClient, NoAnswerError } from "./control-client.ts";
import type { ServerStatus } from "./controlled.ts";
import { liveSockets, pidOf, placesToLook } from "./socket-directory.ts";

/** None runs that can be found, or more than one. */
export class ServerNotFoundError extends Error {
  override readonly name = "ServerNotFoundError";
  readonly exitCode = 3;
}

export interface WantedServer {
  readonly socket: string | undefined;
  readonly pid: number | undefined;
}

/** How long each of several servers has to say what it is, in milliseconds. */
const PATIENCE = 1_000;

/** Looks in these directories, where its socket is not named. @throws {ServerNotFoundError} */
export async function findServer(
  { socket, pid }: WantedServer,
  places: readonly string[] = placesToLook(),
): Promise<ControlClient> {
  if (socket !== undefined) return new ControlClient(socket);
  const all = await liveSockets(places);
  const paths = pid === undefined ? all : all.filter((path) => pidOf(path) === pid);
  const [path] = paths;
  if (path === undefined) {
    const which = pid === undefined ? "no server" : `no server with pid ${pid}`;
    const remedy = "be the user who runs it, or name its control socket with --socket PATH";
    throw new ServerNotFoundError(`${which} of this user is found; ${remedy}`);
  }
  if (paths.length === 1) return new ControlClient(path);
  const lines = await Promise.all(paths.map(lineOf));
  throw new ServerNotFoundError(
    `${paths.length} servers run; say which with --pid PID or --socket PATH:\n${lines.join("\n")}`,
  );
}

async function lineOf(path: string): Promise<string> {
  try {
    const { value } = await new ControlClient(path).get("/status", PATIENCE);
    // Whoever listens in this user's own directory is a server of Portico.
    const { pid, application, directory } = value as ServerStatus;
    return `  ${pid}  ${application} in ${directory}  (${path})`;
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    return `  ${pidOf(path) ?? "?"}  ${error.message}`;
  }
}
