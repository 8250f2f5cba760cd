/** The least a WSGI application can do, in TypeScript. */
import type { Application } from "portico";

const body = Buffer.from("Hello World\n");

export const application: Application = (_environ, startResponse) => {
  startResponse("200 OK", [
    ["Content-Type", "text/plain"],
    ["Content-Length", String(body.length)],
  ]);
  return [body];
};
