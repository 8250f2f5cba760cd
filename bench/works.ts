/** The table of works: what the servers are compared at. */
import type { Exchange } from "../peers/exchange.ts";
import { WrkLoad } from "./loads/wrk.ts";
import { SERVERS } from "./servers/servers.ts";
import type { Work } from "./work.ts";

const HELLO: Exchange = { path: "/", body: "Hello World\n" };

const ALL_PYTHON = SERVERS.python.map(({ name }) => name);
const ALL_TYPESCRIPT = SERVERS.typescript.map(({ name }) => name);

export const WORKS: readonly Work[] = [
  {
    name: "python-hello",
    title: "Python, Hello World",
    language: "python",
    application: "hello",
    exchange: HELLO,
    load: new WrkLoad(20),
    measure: "requestsPerSecond",
    servers: ALL_PYTHON,
    quick: true,
  },
  {
    name: "typescript-hello",
    title: "TypeScript, Hello World",
    language: "typescript",
    application: "hello",
    exchange: HELLO,
    load: new WrkLoad(20),
    measure: "requestsPerSecond",
    servers: ALL_TYPESCRIPT,
    quick: true,
  },
];
