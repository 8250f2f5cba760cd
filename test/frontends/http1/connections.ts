/** Connections of the HTTP/1.1 front end over real sockets, on a clock that the test sets. */

import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { ClientConnection } from "../../../src/client/client-connection.ts";
import { FaultLog } from "../../../src/frontends/http1/fault-log.ts";
import { type ServedConnection, serveHttp1 } from "../../../src/frontends/http1/serve-http1.ts";
import type {
  Exchange,
  ServerContext,
  Timeouts,
} from "../../../src/frontends/http1/server-context.ts";
import { unsentBytes } from "../../../src/frontends/http1/unsent-bytes.ts";
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "../../../src/http/limits.ts";
import { type ProxyOptions, proxiesOf } from "../../../src/server/proxies.ts";
import { RequestStatistics } from "../../../src/stats/request-statistics.ts";
import type { Application } from "../../../src/wsgi/types.ts";
import { SERVER_FACTS } from "../../support/environ-facts.ts";

/** In seconds, as the names of tests have them. */
export const TIMEOUTS: Timeouts = {
  head: 10_000,
  body: 20_000,
  keepAlive: 5_000,
  write: 30_000,
  linger: 2_000,
  application: 40_000,
  minRate: 0,
};

export class Connections implements AsyncDisposable {
  readonly exchanges: Exchange[] = [];
  readonly log: string[] = [];
  readonly #clock = { now: 0 };
  readonly #context: ServerContext;
  readonly #server: Server;
  readonly #sockets: Socket[] = [];
  readonly #served: ServedConnection[] = [];
  #changed: (() => void)[] = [];

  private constructor(
    application: Application,
    limits: Partial<HttpLimits>,
    proxies: Partial<ProxyOptions>,
  ) {
    const note = (message: string): void => {
      this.log.push(message);
    };
    this.#context = {
      application,
      health: undefined,
      server: { ...SERVER_FACTS, errors: { ...SERVER_FACTS.errors, write: note } },
      limits: { ...DEFAULT_HTTP_LIMITS, ...limits },
      timeouts: TIMEOUTS,
      proxies: proxiesOf(proxies, { warning: note }),
      log: { warning: note, error: note, raw: note },
      faults: new FaultLog({ warning: note }),
      statistics: new RequestStatistics(),
      onExchange: (exchange) => this.exchanges.push(exchange),
      onRequestEnd: undefined,
      clock: this.#clock,
      commonFields: () => ({ server: "", date: "" }),
    };
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (s) => this.#accept(s));
  }

  static async open(
    application: Application,
    limits: Partial<HttpLimits> = {},
    proxies: Partial<ProxyOptions> = {},
  ): Promise<Connections> {
    const connections = new Connections(application, limits, proxies);
    await new Promise<void>((resolve) => connections.#server.listen(0, "127.0.0.1", resolve));
    return connections;
  }

  /** A new client, whose connection the server has accepted. */
  async connect(): Promise<ClientConnection> {
    const accepted = this.#sockets.length + 1;
    // It listens on a port, so its address has one.
    const client = await ClientConnection.open((this.#server.address() as AddressInfo).port);
    await this.#until(() => this.#sockets.length >= accepted);
    return client;
  }

  /** Resolves when the server has read so many bytes of the latest connection. */
  received(bytes: number): Promise<void> {
    return this.#until(() => this.bytesRead >= bytes);
  }

  /** Sets the clock, in seconds, and has all deadlines looked at. */
  at(seconds: number): void {
    this.#clock.now = seconds * 1000;
    for (const connection of this.#served) connection.checkDeadline(this.#clock.now);
  }

  /** Bytes that the server has read of the latest connection. */
  get bytesRead(): number {
    return this.#sockets.at(-1)?.bytesRead ?? 0;
  }

  /** Bytes of the latest connection's answers that wait in this process. */
  get bytesWaiting(): number {
    return this.#sockets.at(-1)?.writableLength ?? 0;
  }

  /** Bytes of the latest connection's answers that no system has taken. */
  get bytesUnsent(): number {
    const latest = this.#sockets.at(-1);
    return latest === undefined ? 0 : unsentBytes(latest);
  }

  /** Resolves when answers wait in this process because their client reads nothing. */
  async stalled(): Promise<void> {
    for (let before = -1; this.bytesWaiting === 0 || before !== this.bytesUnsent; ) {
      before = this.bytesUnsent;
      await setImmediate();
    }
  }

  /** Resolves when nothing more is read: two turns have brought no byte. */
  async quiet(): Promise<void> {
    for (let before = -1; before !== this.bytesRead; ) {
      before = this.bytesRead;
      await setImmediate();
      await setImmediate();
    }
  }

  drain(): void {
    for (const connection of this.#served) connection.drain();
  }

  /** Connections that have not ended. */
  get open(): number {
    return this.#sockets.filter((socket) => !socket.destroyed).length;
  }

  /** Resolves when all connections have ended. */
  closed(): Promise<void> {
    return this.#until(() => this.open === 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#served) connection.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(socket: Socket): void {
    this.#served.push(serveHttp1(socket, this.#context, () => {}));
    this.#sockets.push(socket);
    socket.on("data", () => this.#wake());
    socket.on("close", () => this.#wake());
    this.#wake();
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#changed.push(resolve);
      });
    }
  }

  #wake(): void {
    for (const wake of this.#changed.splice(0)) wake();
  }
}
