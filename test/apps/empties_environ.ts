/** Leaves nothing of its environ. */

import type { Application } from "../../src/wsgi/types.ts";

export const application: Application = (environ, startResponse) => {
  for (const name of Object.keys(environ)) delete environ[name as `HTTP_${string}`];
  environ.HTTP_X_LEFT_BEHIND = "from an earlier request";
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [Buffer.from("emptied")];
};
