/** Servers of tests, in this process, as loads see them. */
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { RunningServer } from "../../../bench/loads/load.ts";

export const BODY = "Hello World\n";

export interface Serving extends RunningServer, AsyncDisposable {
  readonly http: Server;
}

/** Says Hello World unless the test wants otherwise. */
export async function serve(listener: RequestListener = sayHello): Promise<Serving> {
  const http = createServer({ keepAliveTimeout: 60_000 }, listener).listen(0, "127.0.0.1");
  await once(http, "listening");
  // A listening TCP server has a port.
  const { port } = http.address() as AddressInfo;
  return {
    http,
    name: "a test's server",
    port,
    url: `http://127.0.0.1:${port}/`,
    exchange: { path: "/", body: BODY },
    secondsToFirstAnswer: 0.25,
    processes: () => [],
    verify: () => Promise.resolve(),
    [Symbol.asyncDispose]: async () => {
      http.closeAllConnections();
      http.close();
      await once(http, "close");
    },
  };
}

export const sayHello: RequestListener = (_request, response) => {
  response.writeHead(200, { "Content-Length": BODY.length }).end(BODY);
};
