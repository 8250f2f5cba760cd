/** The servers that are judged, each with the command that starts it; docs/conformance.md lists them. */
import {
  cheroot,
  granian,
  gunicorn,
  modWsgi,
  PEERS_PYTHON,
  type Site,
  startedBy,
  twisted,
  uwsgi,
  waitress,
} from "../peers/python-commands.ts";
import type { PeerServer } from "../peers/server-process.ts";

export interface JudgedServer extends PeerServer {
  /** The head of its column. */
  readonly short: string;
  /** Threads that run the application in each of `processes`; a number where it is bounded. */
  readonly threads: number | "one a connection" | "the event loop";
  readonly processes: number;
  /** What its command puts into environ (PEP 3333, Application Configuration), where it can. */
  readonly deployed?: Readonly<Record<string, string>>;
  /** The packages in peers/.venv whose versions are recorded; none for Portico and for wsgiref. */
  readonly packages: readonly string[];
}

const MODULE = "probe_application";
const FILE = "python/probe/probe_application.py";

/** A name and a value for environ. */
const NAME = "conformance.run";
const VALUE = "yes";
const deployed = { [NAME]: VALUE };

type Settings = Omit<JudgedServer, "environ" | "ready" | "processes">;

/** `scratch` is a directory for what servers write; whoever calls this removes it. */
export function judgedServers(scratch: string): readonly JudgedServer[] {
  return [...portico(), ...gunicorns(), ...uwsgis(), ...modWsgis(scratch), ...others()].map(
    (settings) => ({
      ...settings,
      processes: 1,
      environ: { PYTHONPATH: "python/probe", PYTHONDONTWRITEBYTECODE: "1" },
      ready: { path: "/hello", body: "hello" },
    }),
  );
}

function siteAt(port: string): Site {
  return { module: MODULE, port };
}

function portico(): Settings[] {
  const command = (target: string, port: string): string[] => {
    const address = ["-b", `127.0.0.1:${port}`];
    return ["node", "bin/portico.mjs", target, ...address, "--environ", `${NAME}=${VALUE}`];
  };
  return [
    {
      name: "Portico, TypeScript",
      short: "Portico TS",
      threads: "the event loop",
      deployed,
      packages: [],
      command: (port) => command("src/probe/probe-application.ts", port),
    },
    {
      name: "Portico, CPython",
      short: "Portico Py",
      threads: 4,
      deployed,
      packages: [],
      command: (port) => [...command(FILE, port), "--threads", "4", "--python", PEERS_PYTHON],
    },
  ];
}

/** With the parser that comes with it: what peers/.venv has beside it is for the benchmark. */
function gunicorns(): Settings[] {
  const command = (port: string, ...options: string[]): string[] =>
    gunicorn(siteAt(port), "--http-parser", "python", ...options);
  const packages = ["gunicorn"];
  return [
    { name: "gunicorn sync", short: "gunicorn sync", threads: 1, packages, command },
    {
      name: "gunicorn gthread",
      short: "gunicorn gthread",
      threads: 4,
      packages,
      command: (port) => command(port, "-k", "gthread", "--threads", "4"),
    },
  ];
}

function uwsgis(): Settings[] {
  const command = (way: string, port: string): string[] =>
    uwsgi(way, siteAt(port), "--threads", "4");
  const shared = { threads: 4, packages: ["uWSGI"] };
  return [
    {
      ...shared,
      name: "uWSGI, --http-socket",
      short: "uWSGI socket",
      command: (port) => command("--http-socket", port),
    },
    {
      ...shared,
      name: "uWSGI, --http (router)",
      short: "uWSGI router",
      command: (port) => command("--http", port),
    },
  ];
}

/** Apache's own bound on clients, 150, takes the place of mod_wsgi-express's 20 in daemon mode. */
function modWsgis(scratch: string): Settings[] {
  const command = (port: string, ...options: readonly string[]): string[] =>
    modWsgi(FILE, { port, scratch }, "--setenv", NAME, VALUE, ...options);
  const shared = { deployed, packages: ["mod_wsgi-standalone", "mod_wsgi-httpd"] };
  return [
    {
      ...shared,
      name: "mod_wsgi, embedded",
      short: "mod_wsgi embedded",
      threads: 25,
      command: (port) => command(port, "--embedded-mode", "--threads", "25"),
    },
    {
      ...shared,
      name: "mod_wsgi, daemon",
      short: "mod_wsgi daemon",
      threads: 4,
      command: (port) => command(port, "--threads", "4", "--max-clients", "150"),
    },
  ];
}

function others(): Settings[] {
  return [
    {
      name: "CherryPy's cheroot",
      short: "cheroot",
      threads: 10,
      packages: ["cheroot"],
      command: (port) => cheroot(siteAt(port)),
    },
    {
      name: "Waitress",
      short: "Waitress",
      threads: 4,
      packages: ["waitress"],
      command: (port) => waitress(siteAt(port)),
    },
    {
      name: "Tornado",
      short: "Tornado",
      threads: 4,
      packages: ["tornado"],
      command: (port) => startedBy("tornado", siteAt(port), "--threads", "4"),
    },
    {
      name: "Twisted Web",
      short: "Twisted",
      threads: 20,
      packages: ["Twisted"],
      command: (port) => twisted(siteAt(port)),
    },
    {
      name: "Granian",
      short: "Granian",
      threads: 4,
      packages: ["granian"],
      command: (port) => granian(siteAt(port), "--blocking-threads", "4"),
    },
    {
      name: "Werkzeug's server",
      short: "Werkzeug",
      threads: "one a connection",
      packages: ["Werkzeug"],
      command: (port) => startedBy("werkzeug", siteAt(port)),
    },
    {
      name: "wsgiref",
      short: "wsgiref",
      threads: 1,
      packages: [],
      command: (port) => startedBy("wsgiref", siteAt(port)),
    },
  ];
}
