/** The files of a directory before an application, which has all other requests: WhiteNoise's way. */

import { type StaticFilesOptions, staticFiles } from "../static/static-files.ts";
import { encodeUtf8 } from "../wsgi/native-string.ts";
import type { Environ, Middleware, StartResponse } from "../wsgi/types.ts";
import { OptionJudge } from "./option-error.ts";
import { inPlaceOf, whenReturned } from "./wrapped-body.ts";

/** What stands in for a file that is not there has no place here: there the application answers. */
export type StaticFilesAtOptions = Omit<StaticFilesOptions, "fallback" | "notFound">;

/**
 * Answers GET and HEAD below `path` with what is in `directory` (docs/static.md); where there is no such file
 * the application is asked, which is shown the path as it came. `/` is any path: each is looked up first.
 *
 * @example
 * const application = staticFilesAt("/static", "build/static")(python("mysite.wsgi"));
 *
 * @throws {StaticFilesError} there is no such directory, or an option has no meaning
 * @throws {OptionError} the path does not begin with a slash
 */
export function staticFilesAt(
  path: string,
  directory: string | URL,
  options: StaticFilesAtOptions = {},
): Middleware {
  const judge = new OptionJudge("staticFilesAt");
  const problem = `is ${JSON.stringify(path)}, which does not begin with a slash`;
  judge.must(path.startsWith("/"), "path", problem);
  // A native string, as PATH_INFO is.
  const prefix = encodeUtf8(path.replace(/\/+$/, ""));
  const files = staticFiles(directory, options);
  return (application) => (environ, startResponse) => {
    if (!mayAskForFile(environ, prefix)) return application(environ, startResponse);
    let isThere = true;
    const start: StartResponse = (status, headers, excInfo) => {
      isThere = !status.startsWith("404");
      return isThere ? startResponse(status, headers, excInfo) : writeNothing;
    };
    return whenReturned(
      () => files(below(environ, prefix), start),
      (body) => (isThere ? body : inPlaceOf(body, () => application(environ, startResponse))),
    );
  };
}

function mayAskForFile(
  { REQUEST_METHOD: method, PATH_INFO: path }: Environ,
  prefix: string,
): boolean {
  return (method === "GET" || method === "HEAD") && path.startsWith(`${prefix}/`);
}

function below(environ: Environ, prefix: string): Environ {
  const { SCRIPT_NAME, PATH_INFO } = environ;
  return {
    ...environ,
    SCRIPT_NAME: SCRIPT_NAME + prefix,
    PATH_INFO: PATH_INFO.slice(prefix.length),
  };
}

/** Static files write nothing: they return it. */
function writeNothing(): Promise<void> {
  return Promise.resolve();
}
