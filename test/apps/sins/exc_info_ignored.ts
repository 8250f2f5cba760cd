/** A middleware that starts the error page without the error it is given. */
import { type Application, type HeaderList, lint, type Middleware } from "portico";

const HEADERS: HeaderList = [["Content-Type", "text/plain; charset=utf-8"]];

const changesItsMind: Application = function* (_environ, startResponse) {
  startResponse("200 OK", HEADERS);
  yield Buffer.alloc(0);
  startResponse("503 Service Unavailable", HEADERS, new Error("changed its mind"));
  yield Buffer.from("Not now\n");
};

const unframed: Middleware = (wrapped) => (environ, startResponse) =>
  wrapped(environ, (status, headers) =>
    startResponse(status, [...headers, ["X-Frame-Options", "DENY"]]),
  );

const application: Application = unframed(lint(changesItsMind));

export default application;
