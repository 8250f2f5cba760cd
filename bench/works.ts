/** The table of works: what the servers are compared at. */
import type { Exchange } from "../peers/exchange.ts";
import { fileExchange } from "./files.ts";
import { LOAD_WORKS } from "./load-works.ts";
import { WrkLoad } from "./loads/wrk.ts";
import { ALL_FILES, ALL_PYTHON, ALL_TYPESCRIPT } from "./servers/servers.ts";
import { DJANGO, HELLO, type Work } from "./work.ts";

/** With Host, twelve fields. */
const BROWSER: Exchange = {
  ...HELLO,
  headers: {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-US,en;q=0.5",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    Referer: "https://shop.example/catalogue?page=2",
    Cookie: "sessionid=0123456789abcdef0123456789abcdef; csrftoken=ABCDEFabcdef0123; theme=dark",
    "Upgrade-Insecure-Requests": "1",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "same-origin",
    Priority: "u=0, i",
  },
};

const CLOSE: Exchange = { ...HELLO, headers: { Connection: "close" } };

const LETTERS = Buffer.alloc(1_024, "x");
const TEN_KILOBYTES = { piece: LETTERS, times: 10 };
const HUNDRED_MEGABYTES = { piece: LETTERS, times: 102_400 };
const MEGABYTE = 1_048_576;

/** Those that come near; all others are compared at Hello World. */
const NEAREST_RIVALS = ["Portico", "gunicorn sync, 5 workers", "uWSGI", "Granian", "bjoern"];

/** With all that gunicorn may be best at. */
const PYTHON_RIVALS = [...NEAREST_RIVALS, "gunicorn gthread"];

/** Those that have threads. */
const PYTHON_THREADED = [
  ...["Portico", "gunicorn gthread", "uWSGI", "mod_wsgi daemon", "Granian"],
  ...["cheroot", "Waitress", "Tornado"],
];

const python = { language: "python", measure: "requestsPerSecond", quick: false } as const;
const typescript = {
  language: "typescript",
  application: "hello",
  measure: "requestsPerSecond",
  quick: false,
} as const;

const files = {
  language: "files",
  measure: "requestsPerSecond",
  servers: ALL_FILES,
  quick: false,
} as const;

export const WORKS: readonly Work[] = [
  {
    ...python,
    name: "python-hello",
    title: "Python, Hello World",
    application: "hello",
    exchange: HELLO,
    load: new WrkLoad(20),
    servers: ALL_PYTHON,
    quick: true,
  },
  {
    ...python,
    name: "python-browser",
    title: "Python, Hello World, a browser's header fields",
    application: "hello",
    exchange: BROWSER,
    load: new WrkLoad(20),
    servers: [...PYTHON_RIVALS, "uWSGI router", "gunicorn sync, 2 workers"],
    quick: true,
  },
  ...[64, 500].map((connections) => ({
    ...python,
    name: `python-${connections}`,
    title: `Python, Hello World, ${connections} connections`,
    application: "hello",
    exchange: HELLO,
    load: new WrkLoad(connections),
    servers: PYTHON_RIVALS,
    mostRounds: 2,
  })),
  {
    ...python,
    name: "python-close",
    title: "Python, Hello World, a connection a request",
    application: "hello",
    exchange: CLOSE,
    load: new WrkLoad(20),
    servers: NEAREST_RIVALS,
    mostRounds: 2,
  },
  {
    ...python,
    name: "python-10k",
    title: "Python, an answer of 10 KB",
    application: "ten_kilobytes",
    exchange: { path: "/", body: TEN_KILOBYTES },
    load: new WrkLoad(20),
    servers: NEAREST_RIVALS,
    mostRounds: 2,
  },
  {
    ...python,
    name: "python-echo",
    title: "Python, a POST of 10 KB is echoed",
    application: "echo",
    exchange: { path: "/", method: "POST", sentBytes: 10_240, body: TEN_KILOBYTES },
    load: new WrkLoad(20),
    servers: NEAREST_RIVALS,
  },
  {
    ...python,
    name: "upload-1m",
    title: "Python, uploads of 1 MB",
    application: "upload",
    exchange: { path: "/", method: "POST", sentBytes: MEGABYTE, body: `${MEGABYTE} bytes\n` },
    load: new WrkLoad(8),
    measure: "bytesPerSecond",
    servers: PYTHON_RIVALS,
    quick: true,
  },
  {
    ...python,
    name: "stream-100m",
    title: "Python, answers of 100 MB in pieces of 64 KB",
    application: "stream",
    exchange: { path: "/", body: HUNDRED_MEGABYTES },
    load: new WrkLoad(4),
    measure: "bytesPerSecond",
    servers: PYTHON_RIVALS,
    quick: true,
  },
  {
    ...python,
    name: "flask",
    title: "Flask, Hello World",
    application: "hello_flask",
    exchange: HELLO,
    load: new WrkLoad(20),
    servers: [...PYTHON_RIVALS, "Portico on Pyodide"],
    quick: true,
  },
  {
    ...python,
    name: "django",
    title: "Django, a page with a template, a session and an SQLite query",
    application: "django_page",
    exchange: DJANGO,
    load: new WrkLoad(20),
    servers: [...PYTHON_RIVALS, "Portico on Pyodide"],
    quick: true,
  },
  {
    ...python,
    name: "sleep-50ms",
    title: "Python, an application that sleeps 50 ms, on 16 threads",
    application: "sleeper",
    exchange: HELLO,
    load: new WrkLoad(64),
    servers: PYTHON_THREADED,
    threads: 8,
    mostRounds: 2,
  },
  {
    ...typescript,
    name: "typescript-hello",
    title: "TypeScript, Hello World",
    exchange: HELLO,
    load: new WrkLoad(20),
    servers: ALL_TYPESCRIPT,
    quick: true,
  },
  {
    ...typescript,
    name: "typescript-browser",
    title: "TypeScript, Hello World, a browser's header fields",
    exchange: BROWSER,
    load: new WrkLoad(20),
    servers: ALL_TYPESCRIPT,
  },
  {
    ...typescript,
    name: "typescript-json",
    title: "TypeScript, a router and JSON",
    application: "users",
    exchange: {
      path: "/users/7",
      body: `{"id":7,"name":"Ada Lovelace","languages":["Python","TypeScript"],"isAdmin":false}`,
    },
    load: new WrkLoad(20),
    servers: ["Portico", "Fastify", "Hono", "Express"],
  },
  {
    ...typescript,
    name: "typescript-close",
    title: "TypeScript, Hello World, a connection a request",
    exchange: CLOSE,
    load: new WrkLoad(20),
    servers: ALL_TYPESCRIPT,
    mostRounds: 2,
  },
  {
    ...files,
    name: "static-1k",
    title: "Files of 1 KB",
    application: "1k.txt",
    exchange: fileExchange("1k.txt"),
    load: new WrkLoad(20),
    quick: true,
  },
  {
    ...files,
    name: "static-100k",
    title: "Files of 100 KB",
    application: "100k.txt",
    exchange: fileExchange("100k.txt"),
    load: new WrkLoad(20),
  },
  {
    ...files,
    name: "static-10m",
    title: "Files of 10 MB",
    application: "10m.txt",
    exchange: fileExchange("10m.txt"),
    load: new WrkLoad(8),
    measure: "bytesPerSecond",
    mostRounds: 2,
  },
  ...LOAD_WORKS,
];
