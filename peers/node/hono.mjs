/** Says hello by Hono on its server for Node.js. */
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { clustered, HELLO, HOST } from "./cluster.mjs";

await clustered((port) => {
  const application = new Hono();
  application.get("/", (context) => context.text(HELLO));
  serve({ fetch: application.fetch, port, hostname: HOST });
});
