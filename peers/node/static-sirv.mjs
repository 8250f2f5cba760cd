/** Serves a folder by sirv on node:http. */
import { createServer } from "node:http";
import sirv from "sirv";
import { clustered, FOLDER, HOST } from "./cluster.mjs";

await clustered((port) => {
  const serveFiles = sirv(FOLDER, { etag: true });
  createServer(serveFiles).listen(port, HOST);
});
