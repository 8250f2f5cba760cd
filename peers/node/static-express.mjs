/** Serves a folder by serve-static on Express. */
import express from "express";
import serveStatic from "serve-static";
import { clustered, FOLDER, HOST } from "./cluster.mjs";

await clustered((port) => {
  const application = express();
  application.use(serveStatic(FOLDER));
  application.listen(port, HOST);
});
