/** Listens, accepts, serves, drains and closes: one application on any number of addresses. */
import type { Socket } from "node:net";
import { buffers } from "../buffers/buffers.ts";
import { HealthChecks, type HealthPaths } from "../frontends/health.ts";
import { FaultLog } from "../frontends/http1/fault-log.ts";
import { type ServedConnection, serveHttp1 } from "../frontends/http1/serve-http1.ts";
import type {
  Exchange,
  ServerContext,
  ServerLog,
  Timeouts,
} from "../frontends/http1/server-context.ts";
import { deployedEnviron } from "../gateway/deployed-environ.ts";
import { LogErrorStream } from "../gateway/error-stream.ts";
import type { HeaderMap } from "../http/fields.ts";
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "../http/limits.ts";
import { RequestStatistics } from "../stats/request-statistics.ts";
import type { ServerStatistics } from "../stats/server-statistics.ts";
import { addTo } from "../stats/tally.ts";
import type { Application } from "../wsgi/types.ts";
import { type Address, type Binding, urlOf } from "./addresses.ts";
import { commonFields } from "./common-fields.ts";
import { ConnectionCounter } from "./connection-counter.ts";
import { HeldApplication } from "./held-application.ts";
import {
  type ConnectionLimits,
  DEADLINE_CHECK_INTERVAL,
  DEFAULT_CONNECTION_LIMITS,
  DEFAULT_TIMEOUTS,
  LONGEST_TIMER,
} from "./limits.ts";
import { type Listener, listen } from "./listeners.ts";
import { OpenConnections } from "./open-connections.ts";
import { filesForClients } from "./open-files.ts";
import { type ProxyOptions, proxiesOf } from "./proxies.ts";
import type { Sharers } from "./sharers.ts";
import { WaitingConnections } from "./waiting-connections.ts";

export interface ServerOptions {
  readonly addresses: readonly Binding[];
  /** Connections that the system keeps waiting before they are accepted. */
  readonly backlog: number;
  /** The value of the Server field and of SERVER_SOFTWARE. */
  readonly software: string;
  /** Whether other processes serve the same application (PEP 3333, `wsgi.multiprocess`). */
  readonly multiprocess: boolean;
  readonly limits?: Partial<HttpLimits>;
  /** In milliseconds; `minRate` in bytes a second. */
  readonly timeouts?: Partial<Timeouts>;
  readonly connections?: Partial<ConnectionLimits>;
  readonly proxies?: Partial<ProxyOptions>;
  /** What becomes of field names with an underscore; `drop` if not given. */
  readonly headerMap?: HeaderMap;
  /** Whether each request gets an id; `false` if not given. */
  readonly requestIds?: boolean;
  /** Put into every environ. */
  readonly environ?: Readonly<Record<string, string>>;
  /** None is answered if not given. */
  readonly health?: HealthPaths;
  /** Why nobody could run a request now, for readiness checks; undefined if somebody could. */
  readonly whyUnable?: () => string | undefined;
  readonly log: ServerLog;
  readonly onExchange?: (exchange: Exchange) => void;
}

/** What a {@link Server} counts itself. */
export interface OwnStatistics {
  readonly totals: Pick<ServerStatistics["totals"], "requests" | "connections">;
  readonly present: Pick<ServerStatistics["present"], "inFlight" | "connections">;
}

export class Server implements AsyncDisposable {
  readonly #context: ServerContext;
  readonly #connections = new OpenConnections();
  readonly #counter: ConnectionCounter;
  /** Requests that the application was called for. */
  requestsServed = 0;
  readonly #statistics = new RequestStatistics();
  #accepted = 0;
  readonly #waiting = new WaitingConnections();
  readonly #clock = { now: performance.now() };
  #listeners: Listener[] = [];
  #sharers: Sharers | undefined;
  #opening: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** One for each {@link handleRequest} that has no connection yet; called when it has had its request. */
  readonly #permits: (() => void)[] = [];
  #serves: "nothing" | "health" | "everything" = "nothing";
  #isLeaving = false;
  #isClosing = false;
  #endsKeepAlive = false;
  #application: Application;
  #held: HeldApplication | undefined;
  #whenEmpty: (() => void) | undefined;
  #closing: Promise<void> | undefined;
  readonly #closed: Promise<void>;
  #markClosed: () => void = () => {};

  /**
   * @throws {ListenError} an address cannot be listened on; those before it are closed again
   * @throws {DeployedEnvironError} a name of `environ` is not for deployers to say
   */
  static async listen(application: Application, options: ServerOptions): Promise<Server> {
    const server = new Server(application, options);
    try {
      await server.listenAlso(options.addresses, options.backlog);
    } catch (error) {
      await server.close(0);
      throw error;
    }
    return server;
  }

  /** Those of `sharers` take from the same queues. @throws {ListenError} */
  listenAlso(addresses: readonly Binding[], backlog: number, sharers?: Sharers): Promise<void> {
    this.#sharers = sharers;
    this.#opening = this.#open(addresses, backlog);
    return this.#opening;
  }

  async #open(addresses: readonly Binding[], backlog: number): Promise<void> {
    const accept = (socket: Socket): void => {
      this.accept(socket);
      if (this.#sharers?.shouldHaveNext(this.#connections.size) !== true) return;
      for (const listener of this.#listeners) listener.yieldToOthers();
    };
    for (const address of addresses) {
      this.#listeners.push(await listen(address, backlog, accept));
    }
  }

  /**
   * Leaves what comes to other processes; where a listener is shared with none, takes first what has
   * come there. `areShared` says so of each, where that has changed.
   */
  async listenNoMore(areShared: readonly boolean[] = []): Promise<void> {
    this.#sharers?.leave();
    this.#sharers = undefined;
    // What is only being opened would listen on. Whether that succeeds is for who asked for it.
    await Promise.allSettled([this.#opening]);
    for (const [index, listener] of this.#listeners.entries()) {
      listener.isShared = areShared[index] ?? listener.isShared;
    }
    await Promise.all(this.#listeners.map((listener) => listener.close()));
  }

  private constructor(application: Application, options: ServerOptions) {
    this.#application = application;
    this.#closed = new Promise((resolve) => {
      this.#markClosed = resolve;
    });
    const files = { most: filesForClients(), others: () => buffers.openFiles };
    const limits = { ...DEFAULT_CONNECTION_LIMITS, ...options.connections };
    this.#counter = new ConnectionCounter(limits, files);
    this.#context = {
      application: (environ, startResponse) => {
        this.requestsServed += 1;
        return this.#application(environ, startResponse);
      },
      health:
        options.health &&
        new HealthChecks(options.health, () => this.#whyNotReady() ?? options.whyUnable?.()),
      server: {
        software: options.software,
        // A TypeScript application is called again while earlier calls of it still wait.
        multithread: true,
        multiprocess: options.multiprocess,
        headerMap: options.headerMap ?? "drop",
        hasRequestIds: options.requestIds ?? false,
        deployed: deployedEnviron(options.environ ?? {}),
        errors: new LogErrorStream((text) => options.log.raw(text)),
      },
      limits: { ...DEFAULT_HTTP_LIMITS, ...options.limits },
      timeouts: { ...DEFAULT_TIMEOUTS, ...options.timeouts },
      proxies: proxiesOf(options.proxies ?? {}, options.log),
      log: options.log,
      faults: new FaultLog(options.log),
      statistics: this.#statistics,
      onExchange: options.onExchange,
      onRequestEnd: undefined,
      clock: this.#clock,
      commonFields: commonFields(options.software, this.#clock),
    };
  }

  /** With real ports where 0 was asked for. */
  get addresses(): readonly Address[] {
    return this.#listeners.map((listener) => listener.address);
  }

  /** What it takes connections from. */
  get listeners(): readonly Listener[] {
    return this.#listeners;
  }

  /** The first address as a URL. */
  get url(): string {
    const first = this.addresses[0];
    return first === undefined ? "" : urlOf(first);
  }

  /** The first TCP port, 0 without one. */
  get port(): number {
    for (const address of this.addresses) if (address.kind === "tcp") return address.port;
    return 0;
  }

  /** What it has counted, beside what engines have. */
  get statistics(): OwnStatistics {
    const connections: Record<string, number> = {
      ...{ idle: 0, reading: 0, answering: 0, upgraded: 0, closing: 0 },
      waiting: this.#waiting.size,
    };
    for (const { state } of this.#connections) addTo(connections, state);
    return {
      totals: { requests: this.#statistics.counts, connections: this.#accepted },
      present: { inFlight: this.#statistics.inFlight, connections },
    };
  }

  /** Answers health checks, if there are any; what else is asked waits for {@link start}. */
  startHealth(): void {
    if (this.#context.health === undefined) return;
    this.#serves = "health";
    this.#held = new HeldApplication(this.#application);
    this.#application = this.#held.call;
  }

  /** Serves whatever comes, without waiting for it. */
  start(): void {
    this.#serves = "everything";
    if (this.#held !== undefined) this.#application = this.#held.release();
    for (const socket of this.#waiting.takeAll()) this.#serve(socket);
  }

  /** Serves until {@link close}. */
  async serveForever(): Promise<void> {
    this.start();
    await this.#closed;
  }

  /** Serves one request and returns, as wsgiref's `handle_request` does. */
  async handleRequest(): Promise<void> {
    const answered = new Promise<void>((resolve) => {
      this.#permits.push(resolve);
    });
    const next = this.#waiting.take();
    if (next !== undefined) this.accept(next);
    await Promise.race([answered, this.#closed]);
  }

  /** Tells those who watch that no more requests are wished for, and takes them all the same. */
  leave(): void {
    this.#isLeaving = true;
  }

  /** Each answer from here on is the last of its connection, so that clients go elsewhere. */
  endKeepAlive(): void {
    this.#endsKeepAlive = true;
    for (const connection of this.#connections) connection.answerOne();
  }

  /**
   * Takes no new connections but those that have come, lets open requests finish for at most `grace`
   * milliseconds, then cuts them. Calling it again with a shorter grace hurries an earlier call.
   */
  close(grace = 30_000): Promise<void> {
    if (grace === 0) this.#closeListeners();
    this.#closing ??= this.#close();
    const timer = setTimeout(
      () => {
        this.#closeListeners();
        for (const connection of this.#connections) connection.destroy();
      },
      Math.min(grace, LONGEST_TIMER),
    );
    void this.#closed.then(() => clearTimeout(timer));
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#isClosing = true;
    if (this.#serves === "health") this.#held?.giveUp();
    for (const connection of this.#connections) connection.drain();
    for (const socket of this.#waiting.takeAll()) this.#serve(socket);
    await this.listenNoMore();
    if (this.#connections.size > 0) {
      await new Promise<void>((resolve) => {
        this.#whenEmpty = resolve;
      });
    }
    clearInterval(this.#timer);
    this.#markClosed();
  }

  /** Waits for no application any longer, and for nothing else either: all that it does is done on return. */
  giveUp(why: string): void {
    for (const connection of this.#connections) connection.giveUp(why);
  }

  #closeListeners(): void {
    for (const listener of this.#listeners) listener.closeAtOnce();
  }

  /** Takes a connection, from a listener of its own or from another process. */
  accept(socket: Socket): void {
    const isServed = this.#serves !== "nothing" || this.#permits.length > 0;
    if (isServed || this.#isClosing) {
      this.#serve(socket);
    } else if (this.#waiting.size < this.#counter.most) {
      this.#waiting.add(socket);
    } else {
      socket.destroy();
    }
  }

  #serve(socket: Socket): void {
    if (this.#timer === undefined) this.#startClock();
    this.#accepted += 1;
    const permit = this.#permits.shift();
    const context = permit ? { ...this.#context, onRequestEnd: permit } : this.#context;
    // Kept: a socket that has closed has no address.
    const address = this.#isProxy(socket) ? undefined : socket.remoteAddress;
    let refusal = this.#counter.refusalFor(address);
    if (refusal === "too-many-connections" && this.#connections.endOneIdle()) refusal = undefined;
    const isOverrun = refusal !== undefined && this.#counter.isOverrun;
    const seat = refusal === undefined ? this.#counter.serve(address) : this.#counter.refuse();
    const connection = serveHttp1(socket, context, permit ? this.#endedWith(permit) : this.#ended);
    this.#connections.add(connection, seat);
    this.#sharers?.tell(this.#connections.size);
    if (isOverrun) connection.destroy();
    else if (refusal !== undefined) connection.refuse(refusal);
    else this.#receive(connection, permit);
  }

  readonly #ended = (connection: ServedConnection): void => {
    this.#connections.delete(connection);
    this.#sharers?.tell(this.#connections.size);
    if (this.#connections.size === 0) this.#stopClock();
  };

  #endedWith(permit: () => void): (connection: ServedConnection) => void {
    return (connection) => {
      this.#ended(connection);
      permit();
    };
  }

  /** Says what is to become of a connection, if it is not to be served for as long as it likes. */
  #receive(connection: ServedConnection, permit: (() => void) | undefined): void {
    if (!this.#isClosing) {
      if (this.#serves === "nothing" || this.#endsKeepAlive) connection.answerOne();
      // Nobody has begun to serve, and nobody will.
    } else if (this.#serves !== "everything" && permit === undefined) connection.refuse("stopping");
    // A request on a connection that came while closing is still one to answer.
    else connection.drain();
  }

  /**
   * Ends its connections, each after the answer to what was asked on it; new ones are taken as ever.
   * Resolves when nothing more can be asked on them.
   */
  letGo(): Promise<void> {
    return this.#connections.letGo();
  }

  /** Whether many clients may stand behind this one. */
  #isProxy({ remoteAddress }: Socket): boolean {
    const { peers, balancers, mode } = this.#context.proxies;
    if (peers.trustsPeer(remoteAddress)) return true;
    return mode !== "off" && balancers.trustsPeer(remoteAddress);
  }

  #whyNotReady(): string | undefined {
    if (this.#isLeaving) return "draining";
    return this.#serves === "everything" ? undefined : "starting";
  }

  #startClock(): void {
    this.#clock.now = performance.now();
    this.#timer = setInterval(() => this.#checkDeadlines(), DEADLINE_CHECK_INTERVAL);
  }

  #stopClock(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#context.faults.sumUp();
    this.#whenEmpty?.();
  }

  #checkDeadlines(): void {
    this.#clock.now = performance.now();
    this.#connections.checkDeadlines(this.#clock.now);
    this.#context.faults.tick(this.#clock.now);
  }
}
