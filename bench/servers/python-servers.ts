/** The servers of Python applications, each as its own documentation wants it on two cores. */
import {
  cheroot,
  granian,
  gunicorn,
  modWsgi,
  PEERS_ENVIRONMENT,
  PEERS_PYTHON,
  type Site,
  startedBy,
  twisted,
  uwsgi,
  waitress,
} from "../../peers/python-commands.ts";
import type { BenchServer, Served } from "./bench-server.ts";

const SERVERS: readonly BenchServer[] = [
  {
    name: "Portico",
    software: "Portico",
    needs: [],
    command: (served) => portico(served, "--python", PEERS_PYTHON),
  },
  {
    name: "Portico on Pyodide",
    software: "Portico",
    needs: [],
    command: (served) => portico(served, "--engine", "pyodide", "--mount", served.scratch),
    environ: () => ({ VIRTUAL_ENV: PEERS_ENVIRONMENT }),
    remark: "CPython compiled to WebAssembly, in threads of one process",
  },
  ...gunicorns(),
  ...uwsgis(),
  ...modWsgis(),
  ...nativeServers(),
  ...pythonServersOfOneProcess(),
];

export const PYTHON_SERVERS: readonly BenchServer[] = SERVERS.map((server) => ({
  ...server,
  environ: (served: Served) => ({
    PYTHONPATH: process.cwd(),
    BENCH_SCRATCH: served.scratch,
    ...server.environ?.(served),
  }),
}));

/** Connections a process, where a server has to be told that they may be many. */
const MANY = 12_000;

function siteOf({ application, port }: Served): Site {
  return { module: `bench.apps.${application}`, port };
}

/** An option that a work may leave to the server. */
function given(option: string, value: number | undefined): string[] {
  return value === undefined ? [] : [option, String(value)];
}

/** Of a server that has one process, where others have two. */
function allThreads({ threads }: Served): number | undefined {
  return threads === undefined ? undefined : 2 * threads;
}

function portico(
  { application, port, threads, idleSeconds }: Served,
  ...options: string[]
): string[] {
  const target = `bench.apps.${application}:application`;
  return [
    "node",
    "bin/portico.mjs",
    target,
    "-w",
    "2",
    ...given("--threads", threads),
    ...given("--keep-alive", idleSeconds),
    ...["-b", `127.0.0.1:${port}`],
    ...options,
  ];
}

/**
 * https://docs.gunicorn.org/en/stable/design.html: (2 × cores) + 1 workers to start with. Two are
 * run as well. With its fastest parser, in C: gunicorn_h1c of peers/requirements.txt.
 */
function gunicorns(): BenchServer[] {
  const shared = { software: "gunicorn", needs: ["pip:gunicorn", "pip:gunicorn_h1c"] } as const;
  const command = (served: Served, ...options: string[]): string[] =>
    gunicorn(siteOf(served), "--http-parser", "fast", ...options);
  return [
    {
      ...shared,
      name: "gunicorn sync, 2 workers",
      command: (served) => command(served, "-w", "2"),
    },
    {
      ...shared,
      name: "gunicorn sync, 5 workers",
      command: (served) => command(served, "-w", "5"),
    },
    {
      ...shared,
      name: "gunicorn gthread",
      command: (served) =>
        command(
          served,
          ...["-w", "2", "-k", "gthread", "--threads", String(served.threads ?? 4)],
          ...(served.idleSeconds === undefined ? [] : ["--worker-connections", String(MANY)]),
          ...given("--keep-alive", served.idleSeconds),
        ),
    },
  ];
}

/** https://uwsgi-docs.readthedocs.io/en/latest/ThingsToKnow.html */
function uwsgis(): BenchServer[] {
  const shared = { software: "uWSGI", needs: ["pip:uWSGI"] } as const;
  const command = (way: string, served: Served): string[] => {
    const settings = ["--processes", "2", "--disable-logging", "--single-interpreter"];
    const threads = given("--threads", served.threads);
    return uwsgi(way, siteOf(served), ...settings, ...threads, "--listen", "1024");
  };
  return [
    { ...shared, name: "uWSGI", command: (served) => command("--http11-socket", served) },
    {
      ...shared,
      name: "uWSGI router",
      command: (served) => [...command("--http", served), "--http-keepalive=1"],
    },
  ];
}

/** Apache's own bound on clients, 150, takes the place of mod_wsgi-express's 1.5 × threads. */
function modWsgis(): BenchServer[] {
  const shared = {
    software: "mod_wsgi",
    needs: ["pip:mod_wsgi-standalone", "pip:mod_wsgi-httpd"],
  } as const;
  const command = (served: Served, ...options: string[]): string[] =>
    modWsgi(`bench/apps/${served.application}.py`, served, ...options);
  return [
    {
      ...shared,
      name: "mod_wsgi embedded",
      command: (served) =>
        command(served, "--embedded-mode", "--processes", "2", "--threads", "25"),
    },
    {
      ...shared,
      name: "mod_wsgi daemon",
      command: (served) => {
        const threads = String(served.threads ?? 5);
        return command(served, "--processes", "2", "--threads", threads, "--max-clients", "150");
      },
    },
  ];
}

/**
 * https://github.com/emmett-framework/granian, "Workers and threads": a worker a core, and few
 * blocking threads where an answer takes a millisecond.
 */
/** An idle connection counts as a request in its bound, and its longest wait is a minute. */
function granianIdle({ idleSeconds }: Served): string[] {
  if (idleSeconds === undefined) return [];
  return ["--backpressure", String(MANY), "--http1-header-read-timeout", "60000"];
}

function nativeServers(): BenchServer[] {
  return [
    {
      name: "Granian",
      software: "Granian",
      needs: ["pip:granian"],
      command: (served) => {
        const threads = String(served.threads ?? 1);
        const settings = ["--workers", "2", "--blocking-threads", threads, "--no-ws"];
        return granian(siteOf(served), ...settings, ...granianIdle(served));
      },
    },
    {
      name: "bjoern",
      software: "bjoern",
      needs: ["pip:bjoern"],
      command: (served) => startedBy("bjoern", siteOf(served), "--processes", "2"),
    },
  ];
}

/** But for Tornado they run in one process: what their documentation has for more is a proxy. */
function pythonServersOfOneProcess(): BenchServer[] {
  return [
    {
      name: "cheroot",
      software: "cheroot",
      needs: ["pip:cheroot"],
      command: (served) => cheroot(siteOf(served), ...given("--threads", allThreads(served))),
    },
    {
      name: "Waitress",
      software: "Waitress",
      needs: ["pip:waitress"],
      command: (served) => waitress(siteOf(served), ...given("--threads", allThreads(served))),
    },
    {
      name: "Tornado",
      software: "Tornado",
      needs: ["pip:tornado"],
      command: (served) => {
        const threads = given("--threads", served.threads);
        return startedBy("tornado", siteOf(served), "--processes", "2", ...threads);
      },
    },
    {
      name: "Twisted Web",
      software: "Twisted Web",
      needs: ["pip:Twisted"],
      command: (served) => twisted(siteOf(served)),
    },
  ];
}
