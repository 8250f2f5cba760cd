/** Says hello by Fastify. */
import Fastify from "fastify";
import { clustered, HELLO, HOST, keepAliveTimeout } from "./cluster.mjs";

await clustered((port) => {
  const server = Fastify({ keepAliveTimeout });
  server.get("/", (_request, reply) => {
    reply.type("text/plain").send(HELLO);
  });
  return server.listen({ port, host: HOST });
});
