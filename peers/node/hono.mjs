/** Says hello, and in JSON who somebody is, by Hono on its server for Node.js. */
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { clustered, HELLO, HOST, userOf } from "./cluster.mjs";

await clustered((port) => {
  const application = new Hono();
  application.get("/", (context) => context.text(HELLO));
  application.get("/users/:id", (context) => context.json(userOf(Number(context.req.param("id")))));
  serve({ fetch: application.fetch, port, hostname: HOST });
});
