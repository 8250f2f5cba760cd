/** Counts its calls, and says which process runs it, while it waits at a checkpoint. */

import type { Application } from "../../src/wsgi/types.ts";
import { reach } from "./checkpoint.ts";

let calls = 0;

export const application: Application = async (environ, startResponse) => {
  calls += 1;
  const answer = `${calls} ${process.pid} 0`;
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  await reach(environ, "counted");
  return [Buffer.from(answer)];
};
