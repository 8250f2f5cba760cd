/** Applications side by side, each below its own path. */
import type { Application, Environ, ResponseBody, StartResponse } from "../wsgi/types.ts";

/** What a mount table's keys must look like; the message names the one that does not. */
export class MountError extends Error {
  override readonly name: string = "MountError";
}

interface MountedApplication {
  /** Without the slash at its end: empty for the root. */
  readonly prefix: string;
  readonly application: Application;
}

/**
 * Sends each request to the application with the longest matching path, by whole segments:
 * `/legacy` takes `/legacy` and `/legacy/x`, not `/legacyx`. What matched moves from PATH_INFO to
 * the end of SCRIPT_NAME (PEP 3333, "environ Variables"). Without a match: 404.
 * @throws {MountError} a path does not begin with a slash, or stands twice
 */
export function mount(table: Readonly<Record<string, Application>>): Application {
  const mounted = mountedApplications(table);
  return (environ, startResponse) => {
    const path = environ.PATH_INFO;
    for (const { prefix, application } of mounted) {
      if (!path.startsWith(prefix)) continue;
      if (path.length > prefix.length && path[prefix.length] !== "/") continue;
      return application(prefix === "" ? environ : shifted(environ, prefix), startResponse);
    }
    return notFound(environ, startResponse);
  };
}

function mountedApplications(table: Readonly<Record<string, Application>>): MountedApplication[] {
  const byPrefix = new Map<string, Application>();
  for (const [path, application] of Object.entries(table)) {
    if (!path.startsWith("/")) {
      throw new MountError(`the path ${JSON.stringify(path)} does not begin with a slash`);
    }
    const prefix = path.replace(/\/+$/, "");
    if (byPrefix.has(prefix)) {
      throw new MountError(`two applications are mounted at ${JSON.stringify(path)}`);
    }
    byPrefix.set(prefix, application);
  }
  return [...byPrefix]
    .map(([prefix, application]) => ({ prefix, application }))
    .sort((a, b) => b.prefix.length - a.prefix.length);
}

/** A copy, with `more` in it: what an application does to its environ is no other's business. */
export function shifted(environ: Environ, prefix: string, more: Partial<Environ> = {}): Environ {
  return {
    ...environ,
    ...more,
    SCRIPT_NAME: environ.SCRIPT_NAME + prefix,
    PATH_INFO: environ.PATH_INFO.slice(prefix.length),
  };
}

function notFound(_environ: Environ, startResponse: StartResponse): ResponseBody {
  startResponse("404 Not Found", [["Content-Type", "text/plain; charset=utf-8"]]);
  return [Buffer.from("404 Not Found\n", "latin1")];
}
