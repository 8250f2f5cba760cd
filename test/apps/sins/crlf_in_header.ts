/** A header that would be two: what splits a response. */
import type { Application } from "portico";

const application: Application = (_environ, startResponse) => {
  startResponse("200 OK", [
    ["Content-Type", "text/plain"],
    ["X-Next", "/page\r\nSet-Cookie: admin=1"],
  ]);
  return [Buffer.from("Hello")];
};

export default application;
