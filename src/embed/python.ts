/** A Python application as an Application of TypeScript. */
import { CPythonEngine } from "../engines/cpython/engine.ts";
import type { PythonOptions } from "../engines/cpython/python-options.ts";
import { createLogger } from "../log/logger.ts";
import type { Application } from "../wsgi/types.ts";
import { pythonDefaults, registerEngine } from "./engines.ts";
import { SOFTWARE } from "./version.ts";

/**
 * Runs `target` (`module:attribute`, `module:create_app()`, `path/to/app.py:app`) in Python worker
 * processes of its own. They are started with the server that serves the application, or else by
 * its first request, and end with the server or with this process.
 */
export function python(target: string, options: PythonOptions = {}): Application {
  const engine = new CPythonEngine(target, {
    workers: 1,
    threads: 1,
    directory: process.cwd(),
    pythonPath: [],
    env: {},
    timeout: 30,
    bootTimeout: 60,
    gracefulTimeout: 30,
    maxQueued: 2048,
    queueTimeout: 30,
    multiprocess: false,
    software: SOFTWARE,
    lint: false,
    log: pythonDefaults().log ?? createLogger({ destination: process.stderr }),
    ...pythonDefaults(),
    ...options,
  });
  const start = registerEngine(engine);
  return (environ, startResponse) => {
    if (engine.isRunning) return engine.application(environ, startResponse);
    return start().then(() => engine.application(environ, startResponse));
  };
}
