/** Python applications of tests that have many of them. */

import { python } from "../../src/embed/python.ts";
import type { PythonOptions } from "../../src/engines/cpython/python-options.ts";
import type { Application } from "../../src/wsgi/types.ts";

/** Made by its first request: each server starts all the Python applications that its process has. */
export function lazyPython(target: string, options: PythonOptions): Application {
  let application: Application | undefined;
  return (environ, startResponse) => {
    application ??= python(target, options);
    return application(environ, startResponse);
  };
}
