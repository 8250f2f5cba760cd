/** A header that belongs to the connection, which is the server's. */
import type { Application } from "portico";

const application: Application = (_environ, startResponse) => {
  startResponse("200 OK", [
    ["Content-Type", "text/plain; charset=utf-8"],
    ["Connection", "close"],
  ]);
  return [Buffer.from("Hello")];
};

export default application;
