/** Two processes that share a port, by node:cluster as its documentation shows it. */
import cluster from "node:cluster";

const PROCESSES = 2;

export const HOST = "127.0.0.1";
export const HELLO = "Hello World\n";

const [port, folder] = process.argv.slice(2);

/** What servers of files serve: the program's second argument. */
export const FOLDER = folder;

/** Calls `serve` with the program's first argument, the port, in each process. */
export async function clustered(serve) {
  if (cluster.isPrimary) {
    for (let i = 0; i < PROCESSES; i += 1) cluster.fork();
    return;
  }
  await serve(Number(port));
}
