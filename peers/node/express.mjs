/** Says hello by Express. */
import express from "express";
import { clustered, HELLO, HOST } from "./cluster.mjs";

await clustered((port) => {
  const application = express();
  application.get("/", (_request, response) => {
    response.type("text/plain").send(HELLO);
  });
  application.listen(port, HOST);
});
