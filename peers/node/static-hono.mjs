/** Serves a folder by Hono's serveStatic. */
import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { clustered, FOLDER, HOST } from "./cluster.mjs";

await clustered((port) => {
  const application = new Hono();
  application.use("*", serveStatic({ root: FOLDER }));
  serve({ fetch: application.fetch, port, hostname: HOST });
});
