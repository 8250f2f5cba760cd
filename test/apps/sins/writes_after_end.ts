/** Writes when it is too late: the response has ended meanwhile. */
import type { Application } from "portico";

const application: Application = (_environ, startResponse) => {
  const write = startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  // What comes of it is refused; the refusal is not the point here.
  setImmediate(() => write(Buffer.from("too late")).catch(() => {}));
  return [Buffer.from("Hello")];
};

export default application;
