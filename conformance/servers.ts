/** The servers that are judged, each with the command that starts it; docs/conformance.md lists them. */
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

const BIN = "peers/.venv/bin";
const PYTHON = `${BIN}/python`;
const MODULE = "probe_application:application";
const FILE = "python/probe/probe_application.py";

/** A name and a value for environ. */
const NAME = "conformance.run";
const VALUE = "yes";
const deployed = { [NAME]: VALUE };

type Settings = Omit<JudgedServer, "environ" | "ready" | "processes">;

/** `scratch` is a directory for what servers write; whoever calls this removes it. */
export function judgedServers(scratch: string): readonly JudgedServer[] {
  return [...portico(), ...gunicorn(), ...uwsgi(), ...modWsgi(scratch), ...others()].map(
    (settings) => ({
      ...settings,
      processes: 1,
      environ: { PYTHONPATH: "python/probe", PYTHONDONTWRITEBYTECODE: "1" },
      ready: { path: "/hello", body: "hello" },
    }),
  );
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
      command: (port) => [...command(FILE, port), "--threads", "4", "--python", PYTHON],
    },
  ];
}

/** With the parser that comes with it: what peers/.venv has beside it is for the benchmark. */
function gunicorn(): Settings[] {
  const command = (port: string): string[] => {
    const address = ["-b", `127.0.0.1:${port}`, "--no-control-socket"];
    return [`${BIN}/gunicorn`, MODULE, ...address, "--http-parser", "python"];
  };
  const packages = ["gunicorn"];
  return [
    { name: "gunicorn sync", short: "gunicorn sync", threads: 1, packages, command },
    {
      name: "gunicorn gthread",
      short: "gunicorn gthread",
      threads: 4,
      packages,
      command: (port) => [...command(port), "-k", "gthread", "--threads", "4"],
    },
  ];
}

function uwsgi(): Settings[] {
  const command = (option: string, port: string): string[] => {
    const settings = ["--master", "--need-app", "--die-on-term", "--threads", "4"];
    return [`${BIN}/uwsgi`, option, `127.0.0.1:${port}`, "--module", MODULE, ...settings];
  };
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
function modWsgi(scratch: string): Settings[] {
  const command = (port: string, ...options: readonly string[]): string[] => {
    const address = ["--host", "127.0.0.1", "--port", port, "--locale", "C.UTF-8"];
    const log = ["--server-root", `${scratch}/mod_wsgi-${port}`, "--log-to-terminal"];
    const start = [`${BIN}/mod_wsgi-express`, "start-server", FILE, ...address, ...log];
    return [...asNobody(), ...start, "--setenv", NAME, VALUE, ...options];
  };
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

/**
 * Apache serves nothing as root, and another user may not be able to read root's Python: a user
 * namespace in which root is called otherwise can.
 */
function asNobody(): string[] {
  if (process.getuid?.() !== 0) return [];
  return ["unshare", "--user", "--map-user=65534", "--map-group=65534"];
}

function others(): Settings[] {
  return [
    {
      name: "CherryPy's cheroot",
      short: "cheroot",
      threads: 10,
      packages: ["cheroot"],
      command: (port) => [`${BIN}/cheroot`, MODULE, "--bind", `127.0.0.1:${port}`],
    },
    {
      name: "Waitress",
      short: "Waitress",
      threads: 4,
      packages: ["waitress"],
      command: (port) => [`${BIN}/waitress-serve`, `--listen=127.0.0.1:${port}`, MODULE],
    },
    {
      name: "Tornado",
      short: "Tornado",
      threads: 4,
      packages: ["tornado"],
      command: (port) => [PYTHON, "conformance/serve.py", "tornado", port],
    },
    {
      name: "Twisted Web",
      short: "Twisted",
      threads: 20,
      packages: ["Twisted"],
      command: (port) => {
        const where = `tcp:${port}:interface=127.0.0.1`;
        const application = "probe_application.application";
        return [
          `${BIN}/twist`,
          "--log-format",
          "text",
          "web",
          "--listen",
          where,
          "--wsgi",
          application,
        ];
      },
    },
    {
      name: "Granian",
      short: "Granian",
      threads: 4,
      packages: ["granian"],
      command: (port) => {
        const settings = ["--interface", "wsgi", "--blocking-threads", "4"];
        return [`${BIN}/granian`, ...settings, "--host", "127.0.0.1", "--port", port, MODULE];
      },
    },
    {
      name: "Werkzeug's server",
      short: "Werkzeug",
      threads: "one a connection",
      packages: ["Werkzeug"],
      command: (port) => [PYTHON, "conformance/serve.py", "werkzeug", port],
    },
    {
      name: "wsgiref",
      short: "wsgiref",
      threads: 1,
      packages: [],
      command: (port) => [PYTHON, "conformance/serve.py", "wsgiref", port],
    },
  ];
}
