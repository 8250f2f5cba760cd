/** Middleware in both languages around the applications of the contract, and these without it. */

import { join } from "node:path";
import { python } from "../../src/embed/python.ts";
import { mount } from "../../src/routing/mount.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { application as everything } from "../apps/everything.ts";
import type { Traits } from "../contract/wsgi-contract.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { KeptLog } from "../support/serve-application.ts";

/** Applications that are served together, and what the log of their server is. */
export interface Applications {
  readonly traits: Traits;
  readonly log: KeptLog;
  readonly bare: Application;
}

export interface MiddlewareRow {
  readonly name: string;
  readonly applications: Applications;
  readonly wrapped: Application;
  /** The path below which it has the application. */
  readonly prefix?: string;
  /** The variables of the environ that it is there to change. */
  readonly owns: readonly string[];
}

const inTypeScript: Applications = {
  traits: { multithread: true, multiprocess: false, chunkedLength: undefined, keepsLists: true },
  log: new KeptLog(),
  bare: everything,
};

const pythonLog = new KeptLog();

export const inPython: Applications = {
  traits: { multithread: false, multiprocess: false, chunkedLength: "5", keepsLists: true },
  log: pythonLog,
  bare: inWorker("everything.py"),
};

export const TRANSPARENT: readonly MiddlewareRow[] = [
  {
    name: "mount at the root",
    applications: inTypeScript,
    wrapped: mount({ "/": everything }),
    owns: [],
  },
  {
    name: "mount below a path",
    applications: inTypeScript,
    wrapped: mount({ "/below": everything }),
    prefix: "/below",
    owns: ["PATH_INFO", "SCRIPT_NAME"],
  },
  {
    name: "mount around a Python application",
    applications: inPython,
    wrapped: mount({ "/below": inPython.bare }),
    prefix: "/below",
    owns: ["PATH_INFO", "SCRIPT_NAME"],
  },
  {
    name: "ProxyFix of Werkzeug",
    applications: inPython,
    wrapped: inWorker("middleware.py:proxy_fix"),
    owns: [],
  },
  {
    name: "DispatcherMiddleware of Werkzeug",
    applications: inPython,
    wrapped: inWorker("middleware.py:dispatcher"),
    prefix: "/below",
    owns: ["PATH_INFO", "SCRIPT_NAME"],
  },
];

export function inWorker(target: string): Application {
  const directory = join(repositoryRoot, "test", "apps");
  return python(target, { directory, log: pythonLog.logger });
}
