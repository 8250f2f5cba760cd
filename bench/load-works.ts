/** Works whose load wrk does not make, or not alone. */
import type { Exchange } from "../peers/exchange.ts";
import { fileExchange } from "./files.ts";
import { BesideIdleLoad } from "./loads/beside-idle.ts";
import { FixedRateLoad } from "./loads/fixed-rate.ts";
import { ConnectionMemoryLoad, IdleMemoryLoad } from "./loads/memory.ts";
import { START_UP } from "./loads/start-up.ts";
import { WrkLoad } from "./loads/wrk.ts";
import type { Language } from "./servers/bench-server.ts";
import { ALL_PYTHON, ALL_TYPESCRIPT, SERVERS } from "./servers/servers.ts";
import { DJANGO, HELLO, type Variant, type Work } from "./work.ts";

/** What bench/apps/busy.ts computes. */
const COMPUTED: Exchange = { path: "/", body: "727650449\n" };

const GUNICORNS = SERVERS.python
  .filter(({ software }) => software === "gunicorn")
  .map(({ name }) => name);
const FAMILIAR = ["Portico", "gunicorn sync, 2 workers", "gunicorn gthread", "uWSGI", "Granian"];
/** A slow request keeps a thread busy, not a process. */
const THREADED = [
  ...["Portico", "gunicorn gthread", "uWSGI", "uWSGI router", "mod_wsgi daemon", "Granian"],
  ...["cheroot", "Waitress", "Tornado"],
];
/** As they claim that idle connections cost them little. */
const MANY_CONNECTIONS = {
  python: ["Portico", "gunicorn gthread", "uWSGI", "uWSGI router", "Granian", "Tornado"],
  typescript: ["Portico", "node:http", "Fastify"],
};
/** Its rows are four a server. */
const BESIDE_IDLE = {
  python: ["Portico", "uWSGI router", "Granian"],
  typescript: ["Portico", "node:http"],
};

const BUSY = new WrkLoad(20);

const IDLE: readonly Variant[] = [10, 100, 1_000, 10_000].map((count) => ({
  name: `${count} idle`,
  load: new BesideIdleLoad(BUSY, count),
}));
const MEMORY: readonly Variant[] = [0, 20_000].map((requests) => {
  const load = new IdleMemoryLoad(requests);
  return { name: load.words, load };
});
const NAMES: readonly Variant[] = [20, 10_000].map((count) => ({
  name: `${count} header names`,
  load: new WrkLoad(20, count),
}));
const WORKERS: readonly Variant[] = [1, 2].map((workers) => ({ name: `-w ${workers}`, workers }));
const IDLE_CONNECTIONS = 10_000;
/** Longer than a turn. */
const idleSeconds = 120;

export const LOAD_WORKS: readonly Work[] = [
  {
    ...hello("python", "fixed-rate", "Python, Hello World at half of gunicorn's best rate"),
    load: new FixedRateLoad({
      rate: { part: 0.5, servers: GUNICORNS, load: BUSY },
      connections: 20,
    }),
    measure: "p99",
    servers: ALL_PYTHON,
    seconds: 3,
    quick: true,
  },
  {
    ...hello("python", "mix", "Python, 1 % of requests take 1 s"),
    application: "mix",
    // Four of them are under way at any time, on 16 threads; those of other requests are free.
    load: new FixedRateLoad({ rate: 400, connections: 64, slow: { path: "/slow", every: 100 } }),
    measure: "p99",
    servers: THREADED,
    threads: 8,
    seconds: 5,
    quick: true,
  },
  {
    ...hello("python", "start-up", "Python, Hello World: start to first answer"),
    load: START_UP,
    seconds: 1,
    measure: "startSeconds",
    servers: ALL_PYTHON,
    quick: true,
  },
  {
    ...hello("python", "start-up-django", "Django: start to first answer"),
    application: "django_page",
    exchange: DJANGO,
    load: START_UP,
    seconds: 1,
    measure: "startSeconds",
    servers: [...FAMILIAR, "Portico on Pyodide"],
  },
  {
    ...hello("typescript", "start-up-typescript", "TypeScript: start to first answer"),
    load: START_UP,
    seconds: 1,
    measure: "startSeconds",
    servers: ALL_TYPESCRIPT,
  },
  {
    ...hello("python", "idle-memory", "Python, Hello World: memory of a server without work"),
    load: new IdleMemoryLoad(0),
    variants: MEMORY,
    mostRounds: 1,
    measure: "residentBytes",
    servers: [...FAMILIAR, "Portico on Pyodide", "mod_wsgi daemon", "Waitress"],
  },
  {
    ...hello("typescript", "idle-memory-typescript", "TypeScript: memory of a server without work"),
    load: new IdleMemoryLoad(0),
    variants: MEMORY,
    mostRounds: 1,
    measure: "residentBytes",
    servers: MANY_CONNECTIONS.typescript,
  },
  ...(["python", "typescript"] as const).flatMap(manyConnections),
  {
    ...hello("files", "idle-connections-files", "Files of 1 KB: memory of idle connections"),
    application: "1k.txt",
    exchange: fileExchange("1k.txt"),
    load: new ConnectionMemoryLoad(IDLE_CONNECTIONS),
    mostRounds: 1,
    measure: "bytesPerConnection",
    servers: ["Portico", "nginx"],
    idleSeconds,
  },
  headerNames("python"),
  headerNames("typescript"),
  {
    ...hello("typescript", "server-workers", "TypeScript, Hello World: one process and two"),
    load: BUSY,
    variants: WORKERS,
    measure: "requestsPerSecond",
    servers: ["Portico"],
  },
  {
    ...hello("typescript", "server-workers-busy", "TypeScript, 200 µs of computing: one and two"),
    application: "busy",
    exchange: COMPUTED,
    load: BUSY,
    variants: WORKERS,
    measure: "requestsPerSecond",
    servers: ["Portico"],
  },
];

function headerNames(language: "python" | "typescript"): Work {
  const names = { python: "header-names", typescript: "header-names-typescript" };
  const servers = { python: ["Portico", "uWSGI", "Granian"], typescript: ["Portico", "node:http"] };
  return {
    ...hello(language, names[language], "Hello World, few and many distinct header names"),
    load: BUSY,
    variants: NAMES,
    mostRounds: 2,
    measure: "requestsPerSecond",
    servers: servers[language],
  };
}

/** What most works here have in common. */
function hello(language: Language, name: string, title: string) {
  return { name, title, language, application: "hello", exchange: HELLO, quick: false } as const;
}

function manyConnections(language: "python" | "typescript"): Work[] {
  const suffix = language === "python" ? "" : "-typescript";
  const spoken = language === "python" ? "Python" : "TypeScript";
  const servers = MANY_CONNECTIONS[language];
  return [
    {
      ...hello(language, `idle-connections${suffix}`, `${spoken}: memory of idle connections`),
      load: new ConnectionMemoryLoad(IDLE_CONNECTIONS),
      measure: "bytesPerConnection",
      servers,
      idleSeconds,
      mostRounds: 1,
    },
    {
      ...hello(language, `open-connections${suffix}`, `${spoken}, Hello World beside idle ones`),
      load: BUSY,
      variants: IDLE,
      measure: "requestsPerSecond",
      servers: BESIDE_IDLE[language],
      idleSeconds,
      mostRounds: 1,
    },
  ];
}
