/** Serves a folder by @fastify/static. */
import serveFiles from "@fastify/static";
import Fastify from "fastify";
import { clustered, FOLDER, HOST } from "./cluster.mjs";

await clustered((port) => {
  const server = Fastify();
  server.register(serveFiles, { root: FOLDER });
  return server.listen({ port, host: HOST });
});
