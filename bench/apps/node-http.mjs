/** The same answer from node:http, in two processes of node:cluster. Its argument is the port. */
import cluster from "node:cluster";
import { createServer } from "node:http";

const workers = 2;
const body = Buffer.from("Hello World\n");

if (cluster.isPrimary) {
  for (let i = 0; i < workers; i += 1) cluster.fork();
} else {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "text/plain", "Content-Length": body.length });
    response.end(body);
  });
  server.listen(Number(process.argv[2]), "127.0.0.1");
}
