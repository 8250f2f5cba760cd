/** Writes to wsgi.errors in all ways there are. */

import type { Application } from "../../src/wsgi/types.ts";

export const application: Application = (environ, startResponse) => {
  const errors = environ["wsgi.errors"];
  errors.write("one line\n");
  errors.writelines(["two ", "lines\n", "at once\n"]);
  errors.write("caf\u00e9 \u20ac \u{1f600} \ud800\n");
  errors.write("without an end");
  errors.flush();
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [Buffer.from("complained")];
};
