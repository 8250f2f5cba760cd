/** Says hello by srvx; its own Response is the faster one on Node.js, as its documentation says. */
import { FastResponse, serve } from "srvx";
import { clustered, HELLO, HOST } from "./cluster.mjs";

const headers = { "Content-Type": "text/plain" };

await clustered((port) =>
  serve({
    port,
    hostname: HOST,
    silent: true,
    gracefulShutdown: false,
    // It asks for a port that no other process shares.
    node: { exclusive: false },
    fetch: () => new FastResponse(HELLO, { headers }),
  }).ready(),
);
