/** Says hello by node:http. */
import { createServer } from "node:http";
import { clustered, HELLO, HOST, keepAliveTimeout } from "./cluster.mjs";

const body = Buffer.from(HELLO);
const headers = { "Content-Type": "text/plain", "Content-Length": body.length };

await clustered((port) => {
  const server = createServer({ keepAliveTimeout }, (_request, response) => {
    response.writeHead(200, headers);
    response.end(body);
  });
  server.listen(port, HOST);
});
