/** Keeps write(), and calls it when the response has long ended. */
import type { Application, Write } from "portico";

let last: Write | undefined;

const application: Application = (_environ, startResponse) => {
  // What comes of it is refused; the refusal is not the point here.
  last?.(Buffer.from("too late")).catch(() => {});
  last = startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  return [Buffer.from("Hello")];
};

export default application;
