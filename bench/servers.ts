/** The servers that are compared, each with the command that starts it; `npm run bench` prints them. */

export interface Contestant {
  readonly name: string;
  /** Only servers of the same race run the same application and may be compared. */
  readonly race: "Python" | "Flask" | "TypeScript";
  readonly server: "Portico" | "gunicorn" | "uWSGI" | "node:http";
  readonly command: (port: string) => readonly string[];
}

/** What every application here answers. */
export const ready = { path: "/", body: "Hello World\n" } as const;

const bin = "peers/.venv/bin";

export const contestants: readonly Contestant[] = [
  ...pythonRace("Python", "bench.apps.hello:application"),
  ...pythonRace("Flask", "bench.apps.hello_flask:application"),
  {
    name: "TypeScript, Portico",
    race: "TypeScript",
    server: "Portico",
    command: (port) => portico("bench/apps/hello.ts", port),
  },
  {
    name: "TypeScript, node:http",
    race: "TypeScript",
    server: "node:http",
    command: (port) => ["node", "bench/apps/node-http.mjs", port],
  },
];

function pythonRace(race: "Python" | "Flask", target: string): Contestant[] {
  return [
    {
      name: `${race}, Portico`,
      race,
      server: "Portico",
      command: (port) => [...portico(target, port), "--python", `${bin}/python`],
    },
    {
      name: `${race}, gunicorn sync`,
      race,
      server: "gunicorn",
      command: (port) => gunicorn(target, port),
    },
    {
      name: `${race}, gunicorn gthread`,
      race,
      server: "gunicorn",
      command: (port) => [...gunicorn(target, port), "--threads", "4", "-k", "gthread"],
    },
    { name: `${race}, uWSGI`, race, server: "uWSGI", command: (port) => uwsgi(target, port) },
  ];
}

function portico(target: string, port: string): string[] {
  return ["node", "bin/portico.mjs", target, "-w", "2", "-b", `127.0.0.1:${port}`];
}

/** With its fastest parser, in C: gunicorn_h1c of peers/requirements.txt. */
function gunicorn(target: string, port: string): string[] {
  const address = ["-b", `127.0.0.1:${port}`, "--no-control-socket"];
  return [`${bin}/gunicorn`, target, "-w", "2", "--http-parser", "fast", ...address];
}

function uwsgi(target: string, port: string): string[] {
  const address = ["--http11-socket", `127.0.0.1:${port}`];
  const settings = ["--processes", "2", "--disable-logging", "--need-app", "--die-on-term"];
  return [`${bin}/uwsgi`, ...address, "--module", target, "--master", ...settings];
}
