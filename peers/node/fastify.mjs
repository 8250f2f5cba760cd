/** Says hello, and in JSON who somebody is, by Fastify. */
import Fastify from "fastify";
import { clustered, HELLO, HOST, keepAliveTimeout, userOf } from "./cluster.mjs";

await clustered((port) => {
  const server = Fastify({ keepAliveTimeout });
  server.get("/", (_request, reply) => {
    reply.type("text/plain").send(HELLO);
  });
  server.get("/users/:id", (request) => userOf(Number(request.params.id)));
  return server.listen({ port, host: HOST });
});
