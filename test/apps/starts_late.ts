/** Calls startResponse when its first item is asked for, not before. */

import type { Application, Environ, StartResponse } from "../../src/wsgi/types.ts";

export const application: Application = function* (environ: Environ, startResponse: StartResponse) {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  yield Buffer.from(environ.REQUEST_METHOD);
  yield Buffer.from(" late");
};
