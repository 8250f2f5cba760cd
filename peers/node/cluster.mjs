/** Two processes that share the port which is the program's first argument: node:cluster, as its documentation shows it. */
import cluster from "node:cluster";

const PROCESSES = 2;

export const HOST = "127.0.0.1";
export const HELLO = "Hello World\n";

/** Calls `serve(port)` in each process. */
export async function clustered(serve) {
  if (cluster.isPrimary) {
    for (let i = 0; i < PROCESSES; i += 1) cluster.fork();
    return;
  }
  await serve(Number(process.argv[2]));
}
