/** Every engine and every way in to it: what the contract is kept over. */

import { join } from "node:path";
import type { PythonOptions } from "../../src/engines/cpython/python-options.ts";
import { lint } from "../../src/middleware/lint.ts";
import { mount } from "../../src/routing/mount.ts";
import type { Finding } from "../../src/wsgi/lint/finding.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { application as everything } from "../apps/everything.ts";
import { transparent, application as wrapped } from "../apps/transparent.ts";
import { Certificate, connectedTls, lacksOpenssl } from "../support/certificates.ts";
import { lazyPython } from "../support/lazy-python.ts";
import { PorticoRun } from "../support/portico-run.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { KeptLog, serveApplication } from "../support/serve-application.ts";
import type { Served } from "./contract-server.ts";

export type Language = "TypeScript" | "Python";

/** What runs the application. */
export interface EngineRow {
  readonly name: string;
  readonly language: Language;
  /** Whether a request may begin while another one runs. */
  readonly multithread: boolean;
  /** CONTENT_LENGTH for a chunked body of five bytes. */
  readonly chunkedLength: string | undefined;
  /** Gets what its application tells wsgi.errors. */
  readonly log: KeptLog;
  /** test/apps/everything, as it is, inside a middleware of its own language, and under lint. */
  readonly everything: Application;
  readonly wrapped: Application;
  readonly linted: Application;
  /** What lint has found. */
  readonly findings: Finding[];
  /** The arguments with which `portico` serves it in test/apps. */
  readonly commandLine: readonly string[];
  /** Ways that it has none of, by their names, and why. */
  readonly lacks?: Readonly<Record<string, string>>;
}

/** How requests come to the engine. */
export interface WayColumn {
  readonly name: string;
  /** The path below which the application is mounted. */
  readonly prefix?: string;
  /** Where lint tells what it finds: the engine's `findings`, or the log. */
  readonly lintTells?: "findings" | "log";
  /** Whether a list of items comes to the server as a list, so that it can tell their length. */
  readonly keepsLists: boolean;
  readonly serve: (engine: EngineRow) => Promise<Served>;
  /** Why there is nothing to be learned of applications in this language. */
  readonly addsNothing?: Partial<Record<Language, string>>;
}

const apps = join(repositoryRoot, "test", "apps");
const probed = join(repositoryRoot, "python", "probe");

const foundInTypeScript: Finding[] = [];
const linted = lint(everything, { onFinding: (finding) => foundInTypeScript.push(finding) });

export const ENGINES: readonly EngineRow[] = [
  {
    name: "TypeScript",
    language: "TypeScript",
    multithread: true,
    chunkedLength: undefined,
    log: new KeptLog(),
    everything,
    wrapped,
    linted,
    findings: foundInTypeScript,
    commandLine: ["everything.ts"],
  },
  cpython("Python on 1 thread", 1),
  cpython("Python on 4 threads", 4),
  {
    // Its applications tell a checkpoint where they are in the probe application's way.
    ...pythonRow("Python on Pyodide", { engine: "pyodide", pythonPath: [probed] }, [
      ...["--engine", "pyodide", "--pythonpath", probed],
    ]),
    multithread: false,
    // From the command line it has started before the first client asks.
    lacks: {
      ...tellsNothingOfAnEngine("through makeServer"),
      ...tellsNothingOfAnEngine("under lint"),
      ...tellsNothingOfAnEngine("mounted below a path"),
      ...tellsNothingOfAnEngine("over TLS"),
      ...tellsNothingOfAnEngine("inside a middleware of its language"),
      ...tellsNothingOfAnEngine("inside a middleware in TypeScript"),
      "from the command line with --preload": "its interpreters are threads, which do not fork",
    },
  },
];

/**
 * All of them with one process, since the contract counts calls in the memory of one; how several
 * share requests is for test/supervisor and test/engines.
 */
export const WAYS: readonly WayColumn[] = [
  {
    name: "through makeServer",
    keepsLists: true,
    serve: ({ everything, log }) => serveApplication(everything, {}, log),
  },
  {
    name: "from the command line",
    keepsLists: true,
    serve: (engine) => serveFromCommandLine(engine, []),
  },
  {
    name: "from the command line with --preload",
    keepsLists: true,
    serve: (engine) => serveFromCommandLine(engine, ["--preload"]),
    addsNothing: { TypeScript: "nothing is forked for it" },
  },
  {
    name: "mounted below a path",
    prefix: "/below",
    keepsLists: true,
    serve: ({ everything, log }) => serveApplication(mount({ "/below": everything }), {}, log),
  },
  {
    name: "over TLS",
    keepsLists: true,
    serve: serveOverTls,
    ...(lacksOpenssl && { addsNothing: { TypeScript: lacksOpenssl, Python: lacksOpenssl } }),
  },
  {
    name: "inside a middleware of its language",
    keepsLists: false,
    serve: ({ wrapped, log }) => serveApplication(wrapped, {}, log),
  },
  {
    name: "inside a middleware in TypeScript",
    keepsLists: false,
    serve: ({ everything, log }) => serveApplication(transparent(everything), {}, log),
    addsNothing: { TypeScript: "that is a middleware of its language" },
  },
  {
    name: "under lint",
    lintTells: "findings",
    keepsLists: true,
    serve: ({ linted, log }) => serveApplication(linted, {}, log),
  },
  {
    name: "from the command line with --lint",
    lintTells: "log",
    keepsLists: true,
    serve: (engine) => serveFromCommandLine(engine, ["--lint"]),
  },
];

/** Longer than all the contract takes; a run that hangs is killed then. */
const LONGEST_RUN = 240_000;

/** What stands around an engine is the same for all, and tried with the others. */
function tellsNothingOfAnEngine(way: string): Record<string, string> {
  return { [way]: "what stands around it is tried with the other engines of Python" };
}

function cpython(name: string, threads: number): EngineRow {
  const row = pythonRow(name, { threads }, ["--threads", String(threads)]);
  return { ...row, multithread: threads > 1 };
}

function pythonRow(
  name: string,
  chosen: PythonOptions,
  flags: readonly string[],
): Omit<EngineRow, "multithread"> {
  const log = new KeptLog();
  const findings: Finding[] = [];
  const options = { directory: apps, log: log.logger, ...chosen };
  return {
    name,
    language: "Python",
    // The gateway has read the whole body before a worker sees it.
    chunkedLength: "5",
    log,
    everything: lazyPython("everything.py", options),
    wrapped: lazyPython("transparent.py", options),
    linted: lazyPython("everything.py", {
      ...options,
      lint: true,
      onFinding: (finding) => findings.push(finding),
    }),
    findings,
    commandLine: ["everything.py", ...flags],
  };
}

async function serveOverTls({ everything, log }: EngineRow): Promise<Served> {
  const certificate = new Certificate();
  const { cert, key } = certificate;
  const served = await serveApplication(everything, { tls: { cert, key } }, log);
  return {
    port: served.port,
    log,
    scheme: "https",
    openSocket: () => connectedTls(served.port, cert),
    [Symbol.asyncDispose]: async () => {
      await served[Symbol.asyncDispose]();
      certificate[Symbol.dispose]();
    },
  };
}

async function serveFromCommandLine(
  { commandLine }: EngineRow,
  options: readonly string[],
): Promise<Served> {
  const run = await PorticoRun.serving({
    args: [...commandLine, "--bind", "127.0.0.1:0", ...options],
    cwd: apps,
    longest: LONGEST_RUN,
  });
  return {
    port: Number(new URL(run.url).port),
    log: run.stderr,
    [Symbol.asyncDispose]: () => run[Symbol.asyncDispose](),
  };
}
