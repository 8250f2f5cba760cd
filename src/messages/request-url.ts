/** The URL of a request, put together again (PEP 3333, "URL Reconstruction"). */
import { escapedPath } from "../static/safe-path.ts";
import type { Environ } from "../wsgi/types.ts";

/** What the client asked as `Host`, or else the server's own name; with a port that is not the scheme's. */
export function hostOf(environ: Environ): string {
  if (environ.HTTP_HOST !== undefined) return environ.HTTP_HOST;
  const { SERVER_NAME: name, SERVER_PORT: port } = environ;
  const usual = environ["wsgi.url_scheme"] === "https" ? "443" : "80";
  return port === usual ? name : `${name}:${port}`;
}

/** Undefined where the host is none. */
export function urlOf(environ: Environ): URL | undefined {
  const { SCRIPT_NAME, PATH_INFO, QUERY_STRING } = environ;
  const path = escapedPath(`${SCRIPT_NAME}${PATH_INFO}`);
  const query = QUERY_STRING === "" ? "" : `?${QUERY_STRING}`;
  const url = `${environ["wsgi.url_scheme"]}://${hostOf(environ)}${path}${query}`;
  return URL.canParse(url) ? new URL(url) : undefined;
}
