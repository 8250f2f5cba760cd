/** The table of works: what the servers are compared at. */
import { LOAD_WORKS } from "./load-works.ts";
import { WrkLoad } from "./loads/wrk.ts";
import { ALL_PYTHON, ALL_TYPESCRIPT } from "./servers/servers.ts";
import { HELLO, type Work } from "./work.ts";

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
  ...LOAD_WORKS,
];
