/** Goes on after startResponse has said that it is too late for an error page. */
import type { Application, HeaderList } from "portico";

const HEADERS: HeaderList = [["Content-Type", "text/plain; charset=utf-8"]];

const application: Application = function* (_environ, startResponse) {
  startResponse("200 OK", HEADERS);
  yield Buffer.from("Hello, ");
  try {
    startResponse("503 Service Unavailable", HEADERS, new Error("changed its mind"));
  } catch {
    // The sin.
  }
  yield Buffer.from("world\n");
};

export default application;
