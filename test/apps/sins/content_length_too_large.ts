/** Fewer bytes than were announced. */
import type { Application } from "portico";

const application: Application = (_environ, startResponse) => {
  startResponse("200 OK", [
    ["Content-Type", "text/plain; charset=utf-8"],
    ["Content-Length", "50"],
  ]);
  return [Buffer.from("Hello")];
};

export default application;
