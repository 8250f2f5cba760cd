/** Middleware in both languages around the applications of the contract, and these without it. */

import { join } from "node:path";
import { ask } from "../../src/client/client-connection.ts";
import { accessLog } from "../../src/middleware/access-log.ts";
import { holdAnswers } from "../../src/middleware/answer-plan.ts";
import { bodyLimit } from "../../src/middleware/body-limit.ts";
import { compose } from "../../src/middleware/compose.ts";
import { compress } from "../../src/middleware/compress.ts";
import { conditionalGet } from "../../src/middleware/conditional-get.ts";
import { csrf } from "../../src/middleware/csrf.ts";
import { errorPages } from "../../src/middleware/error-pages.ts";
import { lint } from "../../src/middleware/lint.ts";
import { methodOverride } from "../../src/middleware/method-override.ts";
import { profiler } from "../../src/middleware/profiler.ts";
import { proxyHeaders } from "../../src/middleware/proxy-headers.ts";
import { rateLimit } from "../../src/middleware/rate-limit.ts";
import { sendfile } from "../../src/middleware/sendfile.ts";
import { sessions } from "../../src/middleware/sessions.ts";
import { staticFilesAt } from "../../src/middleware/static-files-at.ts";
import { timeout } from "../../src/middleware/timeout.ts";
import { mount } from "../../src/routing/mount.ts";
import { createRouter } from "../../src/routing/router.ts";
import { signedSession } from "../../src/sessions/flask-session.ts";
import type { Finding } from "../../src/wsgi/lint/finding.ts";
import type { Application, Middleware } from "../../src/wsgi/types.ts";
import { application as everything } from "../apps/everything.ts";
import type { ContractServer } from "../contract/contract-server.ts";
import type { Traits } from "../contract/wsgi-contract.ts";
import { lazyPython } from "../support/lazy-python.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { KeptLog } from "../support/serve-application.ts";

/** The applications of the contract, and how they are run. */
export interface Applications {
  readonly traits: Traits;
  readonly log: KeptLog;
  readonly bare: Application;
}

/** A middleware between two lints. */
export interface Linted {
  readonly application: Application;
  /** What the lints have found. */
  readonly findings: (served: ContractServer) => Promise<readonly Finding[]>;
}

export interface MiddlewareRow {
  readonly name: string;
  readonly applications: Applications;
  readonly wrapped: Application;
  readonly linted: Linted;
  /** Whose sins lint sees; those of a Python application show in its worker alone. */
  readonly language?: "TypeScript" | "Python";
  /** The path below which it has the applications. */
  readonly prefix?: string;
  /** Whether it is enough to try it between lints, which are transparent, as their own row shows. */
  readonly isTriedUnderLint?: boolean;
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

const below: Middleware = (application) => mount({ "/below": application });

const routed: Middleware = (application) =>
  createRouter().mount("/<any(below, beside):place>", application);

/** Middleware of src/middleware that change nothing where there is nothing to be changed. */
const QUIET: Readonly<Record<string, Middleware>> = {
  accessLog: accessLog({ to: () => {} }),
  bodyLimit: bodyLimit({ maxBytes: 10_000_000 }),
  csrf: csrf({ tokens: "never" }),
  errorPages: errorPages({ 418: "no teapot" }),
  methodOverride: methodOverride({ query: "_method", field: "_method" }),
  profiler: profiler({ serverTiming: false }),
  proxyHeaders: proxyHeaders(),
  rateLimit: rateLimit({ limit: 1, window: 60, key: () => undefined }),
  sessions: sessions({ format: signedSession({ secretKey: "a key" }) }),
  staticFilesAt: staticFilesAt("/", join(repositoryRoot, "docs")),
  timeout: timeout({ seconds: 600 }),
};

const allQuiet = compose(...Object.values(QUIET));

/** What `compress`, `conditionalGet` and `sendfile` do with all that they are not about. */
const held: Middleware = holdAnswers((head) => ({
  written: "passed on",
  finish: (body) => ({ ...head, body }),
}));

export const TRANSPARENT: readonly MiddlewareRow[] = [
  {
    name: "mount at the root",
    ...aroundTypeScript((application) => mount({ "/": application })),
    owns: [],
  },
  {
    name: "mount below a path",
    ...aroundTypeScript(below),
    prefix: "/below",
    owns: ["PATH_INFO", "SCRIPT_NAME"],
  },
  {
    name: "a router that mounts it at the root",
    ...aroundTypeScript((application) => createRouter().mount("/", application)),
    owns: [],
  },
  {
    name: "lint",
    ...aroundTypeScript((application) => lint(application, { onFinding: () => {} })),
    owns: [],
  },
  ...Object.entries(QUIET).map(([name, middleware]) => ({
    name,
    ...aroundTypeScript(middleware),
    isTriedUnderLint: true,
    owns: [],
  })),
  {
    name: "answers that are held until they have a body",
    ...aroundTypeScript(held),
    isTriedUnderLint: true,
    owns: [],
  },
  {
    name: "answers of a Python application that are held until they have a body",
    applications: inPython,
    wrapped: held(inPython.bare),
    linted: betweenLints(held, inPython.bare),
    isTriedUnderLint: true,
    owns: [],
  },
  {
    name: "compress that finds no type worth it",
    ...aroundTypeScript(compress({ types: () => false })),
    isTriedUnderLint: true,
    owns: [],
  },
  {
    name: "conditionalGet that makes no tags",
    ...aroundTypeScript(conditionalGet({ maxBytes: 0 })),
    isTriedUnderLint: true,
    owns: [],
  },
  {
    name: "sendfile",
    ...aroundTypeScript(sendfile({ roots: ["."] })),
    isTriedUnderLint: true,
    owns: [],
  },
  {
    name: "mount around a Python application",
    applications: inPython,
    wrapped: below(inPython.bare),
    linted: betweenLints(below, inPython.bare),
    prefix: "/below",
    owns: ["PATH_INFO", "SCRIPT_NAME"],
  },
  {
    name: "a router that mounts a Python application below a parameter",
    applications: inPython,
    wrapped: routed(inPython.bare),
    linted: betweenLints(routed, inPython.bare),
    isTriedUnderLint: true,
    prefix: "/below",
    owns: ["PATH_INFO", "SCRIPT_NAME"],
  },
  {
    name: `${Object.keys(QUIET).join(", ")} around a Python application`,
    applications: inPython,
    wrapped: allQuiet(inPython.bare),
    linted: betweenLints(allQuiet, inPython.bare),
    isTriedUnderLint: true,
    owns: [],
  },
  {
    name: "ProxyFix of Werkzeug",
    ...ofPython("proxy_fix"),
    owns: [],
  },
  {
    name: "DispatcherMiddleware of Werkzeug",
    ...ofPython("dispatcher"),
    prefix: "/below",
    owns: ["PATH_INFO", "SCRIPT_NAME"],
  },
];

/** The one of that name in test/apps/middleware.py. */
export function ofPython(
  name: string,
): Pick<MiddlewareRow, "applications" | "wrapped" | "linted" | "language"> {
  return {
    applications: inPython,
    wrapped: inWorker(`middleware.py:${name}`),
    linted: {
      application: inWorker(`middleware.py:linted_${name}`),
      findings: async ({ port }) => {
        const { body } = await ask(port, "GET", "/findings");
        // The application answers with its findings, which are tuples.
        const found = JSON.parse(body.toString()) as [string, string, string][];
        return found.map(([rule, evidence, request]) => ({ rule, evidence, request }));
      },
    },
    language: "Python",
  };
}

function aroundTypeScript(
  middleware: Middleware,
): Pick<MiddlewareRow, "applications" | "wrapped" | "linted" | "language"> {
  return {
    applications: inTypeScript,
    wrapped: middleware(everything),
    linted: betweenLints(middleware, everything),
    language: "TypeScript",
  };
}

function betweenLints(middleware: Middleware, application: Application): Linted {
  const findings: Finding[] = [];
  const underLint: Middleware = (inner) =>
    lint(inner, { onFinding: (finding) => findings.push(finding) });
  return {
    application: underLint(middleware(underLint(application))),
    findings: () => Promise.resolve(findings),
  };
}

function inWorker(target: string): Application {
  return lazyPython(target, {
    directory: join(repositoryRoot, "test", "apps"),
    pythonPath: [join(repositoryRoot, "python", "src")],
    log: pythonLog.logger,
  });
}
