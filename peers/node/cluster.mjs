/** Two processes that share a port, by node:cluster as its documentation shows it. */
import cluster from "node:cluster";

const PROCESSES = 2;

const [port, idleSeconds] = process.argv.slice(2);

export const HOST = "127.0.0.1";
export const HELLO = "Hello World\n";

/** What is answered in JSON at /users/ID. */
export function userOf(id) {
  return { id, name: "Ada Lovelace", languages: ["Python", "TypeScript"], isAdmin: false };
}

/** What the program's second argument says in seconds; undefined leaves it the software's own. */
export const keepAliveTimeout = idleSeconds && Number(idleSeconds) * 1_000;

/** What servers of files serve. */
export const FOLDER = process.env.STATIC_ROOT;

/** Calls `serve` with the program's first argument, the port, in each process. */
export async function clustered(serve) {
  if (cluster.isPrimary) {
    for (let i = 0; i < PROCESSES; i += 1) cluster.fork();
    return;
  }
  await serve(Number(port));
}
