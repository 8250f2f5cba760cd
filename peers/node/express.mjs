/** Says hello, and in JSON who somebody is, by Express. */
import express from "express";
import { clustered, HELLO, HOST, userOf } from "./cluster.mjs";

await clustered((port) => {
  const application = express();
  application.get("/", (_request, response) => {
    response.type("text/plain").send(HELLO);
  });
  application.get("/users/:id", (request, response) => {
    response.json(userOf(Number(request.params.id)));
  });
  application.listen(port, HOST);
});
