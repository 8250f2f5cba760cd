/** Counts requests by path, and shows the counts as JSON: a TypeScript application. */
import type { Application, Environ } from "portico";

// Visitors choose the paths, so their number needs a limit; further ones are counted together.
const maxPaths = 1000;
const otherPaths = "(other)";

const requestsByPath = new Map<string, number>();
const startedAt = Date.now();

export function countRequest({ SCRIPT_NAME, PATH_INFO }: Environ): void {
  // A native string holds bytes (PEP 3333); these are UTF-8.
  const path = Buffer.from(SCRIPT_NAME + PATH_INFO, "latin1").toString("utf8");
  const known = requestsByPath.has(path) || requestsByPath.size < maxPaths;
  const key = known ? path : otherPaths;
  requestsByPath.set(key, (requestsByPath.get(key) ?? 0) + 1);
}

export const statsApplication: Application = (environ, startResponse) => {
  const found = environ.PATH_INFO === "/stats";
  const content = found ? stats() : { error: `There is only ${environ.SCRIPT_NAME}/stats here.` };
  const body = Buffer.from(`${JSON.stringify(content, undefined, 2)}\n`);
  startResponse(found ? "200 OK" : "404 Not Found", [
    ["Content-Type", "application/json"],
    ["Content-Length", String(body.length)],
    ["Cache-Control", "no-store"],
  ]);
  return [body];
};

function stats(): object {
  const counts = [...requestsByPath].sort(([, a], [, b]) => b - a);
  return {
    uptimeSeconds: Math.round((Date.now() - startedAt) / 1000),
    requests: counts.reduce((total, [, count]) => total + count, 0),
    requestsByPath: Object.fromEntries(counts),
  };
}
