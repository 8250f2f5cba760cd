/** Remembers every visit whole: the environ, and all that is in it. */
import type { Application, Environ } from "portico";

const visits: Environ[] = [];

const application: Application = (environ, startResponse) => {
  visits.push(environ);
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  return [Buffer.from(`${visits.length} visits\n`)];
};

export default application;
