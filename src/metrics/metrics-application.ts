/** What is answered on the address of the metrics. */
import type { ServiceStatus } from "../stats/service-status.ts";
import type { Application, Environ, HeaderList, NativeString } from "../wsgi/types.ts";
import { expose } from "./exposition.ts";

export const METRICS_PATH = "/metrics";

interface Page {
  readonly status: NativeString;
  readonly contentType: string;
  readonly text: string;
}

function plain(status: NativeString, text: string): Page {
  return { status, contentType: "text/plain; charset=utf-8", text: `${text}\n` };
}

const INDEX = plain("200 OK", `The metrics of a Portico server are at ${METRICS_PATH}`);
const NOT_FOUND = plain("404 Not Found", `There is nothing here but ${METRICS_PATH}`);
const NOT_ALLOWED = plain("405 Method Not Allowed", "Metrics are read by GET");

export function metricsApplication(status: () => Promise<ServiceStatus>): Application {
  return async (environ, startResponse) => {
    const page = await pageFor(environ, status);
    const body = Buffer.from(page.text);
    const headers: HeaderList = [
      ["Content-Type", page.contentType],
      ["Content-Length", String(body.length)],
    ];
    if (page === NOT_ALLOWED) headers.push(["Allow", "GET, HEAD"]);
    startResponse(page.status, headers);
    return [body];
  };
}

async function pageFor(environ: Environ, status: () => Promise<ServiceStatus>): Promise<Page> {
  const { PATH_INFO: path, REQUEST_METHOD: method, HTTP_ACCEPT: accept = "" } = environ;
  if (path !== METRICS_PATH && path !== "/") return NOT_FOUND;
  if (method !== "GET" && method !== "HEAD") return NOT_ALLOWED;
  return path === "/" ? INDEX : { status: "200 OK", ...(await expose(await status(), accept)) };
}
