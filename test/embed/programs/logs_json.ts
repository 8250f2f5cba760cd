/** Serves with logs of JSON, and says something in both. */
import { type Application, serve } from "../../../src/index.ts";

const application: Application = (environ, startResponse) => {
  environ["wsgi.errors"].write("said\n");
  startResponse("200 OK", []);
  return [];
};

await serve(application, { port: 0, logFormat: "json", accessLog: true });
