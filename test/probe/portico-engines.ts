/** Portico as its own probe finds it, whatever runs the application. */
import { join } from "node:path";
import { python } from "../../src/embed/python.ts";
import type { PythonOptions } from "../../src/engines/cpython/python-options.ts";
import { type JudgedRow, judgeRow } from "../../src/probe/judge-rows.ts";
import { application } from "../../src/probe/probe-application.ts";
import { ProbedServer } from "../../src/probe/probed-server.ts";
import type { Row } from "../../src/probe/row.ts";
import { mount } from "../../src/routing/mount.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { KeptLog, serveApplication } from "../support/serve-application.ts";

/** Far longer than Portico takes on a busy machine; in milliseconds. */
const PATIENCE = 10_000;

/** What no client can judge, of any server. */
const NOBODY_CAN = [
  ...["application-documented", "variables-documented", "errors-documented"],
  ...["extensions-step-aside", "environ-tls", "close-at-shutdown"],
];

/** What there is not for an application in TypeScript, and the case of several threads. */
const ONLY_PYTHON = [
  ...["file-arguments", "file-not-returned", "file-behind-middleware", "file-from-position"],
  ...["file-to-length", "file-without-descriptor", "file-closed", "file-length"],
  "exc-info-not-kept",
];

export interface Engine {
  readonly name: string;
  readonly threads: number | undefined;
  readonly notApplicable: readonly string[];
  readonly application: (log: KeptLog) => Application;
}

export const ENGINES: readonly Engine[] = [
  {
    name: "a TypeScript application",
    threads: undefined,
    notApplicable: [...NOBODY_CAN, ...ONLY_PYTHON, "single-threaded"],
    application: () => application,
  },
  ...[1, 4].map((threads) =>
    onPython(`a Python application on ${threads} thread${threads === 1 ? "" : "s"}`, { threads }),
  ),
];

export const ON_PYODIDE: Engine = onPython("a Python application on Pyodide", {
  threads: 1,
  engine: "pyodide",
});

function onPython(name: string, options: PythonOptions & { readonly threads: number }): Engine {
  const { threads } = options;
  const directory = join(repositoryRoot, "python", "probe");
  return {
    name,
    threads,
    notApplicable: threads === 1 ? NOBODY_CAN : [...NOBODY_CAN, "single-threaded"],
    application: ({ logger }) =>
      python("probe_application.py", { directory, log: logger, ...options }),
  };
}

export async function judgedBy(engine: Engine, rows: readonly Row[]): Promise<JudgedRow[]> {
  const log = new KeptLog();
  const served = engine.application(log);
  const environ = { "probe.configured": "caf\u00e9", PROBE_MODE: "a=b" };
  await using subject = await serveApplication(
    mount({ "/": served, "/mounted": served }),
    { environ },
    log,
  );
  const server = new ProbedServer("127.0.0.1", subject.port, PATIENCE, {
    mount: "/mounted",
    environ: { ...environ, "probe.configured": "caf\u00c3\u00a9" },
    processes: 1,
    ...(engine.threads !== undefined && { threads: engine.threads }),
    log: () => log.text,
  });
  const judged: JudgedRow[] = [];
  for (const row of rows) judged.push({ row, ...(await judgeRow(server, row)) });
  return judged;
}

export function broken(judged: readonly JudgedRow[]): string[] {
  return judged
    .filter(({ verdict }) => verdict === "fail")
    .map(({ row, evidence }) => `${row.name}: ${evidence}`);
}
