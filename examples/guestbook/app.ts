/** The whole site: a Python and a TypeScript application side by side, a middleware around both. */
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { type Application, type Middleware, mount, python } from "portico";
import { countRequest, statsApplication } from "./stats.ts";

const directory = fileURLToPath(new URL(".", import.meta.url));

/** Counts the request, and says in the response which it was and how long it took to begin. */
const observed: Middleware = (application) => (environ, startResponse) => {
  countRequest(environ);
  const startedAt = performance.now();
  return application(environ, (status, headers, excInfo) => {
    const milliseconds = (performance.now() - startedAt).toFixed(1);
    const added: typeof headers = [
      ["Server-Timing", `app;dur=${milliseconds}`],
      ["X-Request-Id", randomUUID()],
    ];
    return startResponse(status, [...headers, ...added], excInfo);
  });
};

const site: Application = observed(
  mount({
    "/api": statsApplication,
    "/": python("guestbook:application", { directory, workers: 2, threads: 4 }),
  }),
);

export default site;
