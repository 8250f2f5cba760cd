/** A server with the engines its application is made of, as easy as wsgiref's. */
import type { Socket } from "node:net";
import { type BufferLimits, setBufferLimits } from "../buffers/buffers.ts";
import { removeAbandoned } from "../buffers/spool-directory.ts";
import { reportTrouble, tellTroubleTo } from "../buffers/trouble.ts";
import type { HealthPaths } from "../frontends/health.ts";
import type { Exchange, Timeouts } from "../frontends/http1/server-context.ts";
import type { HeaderMap } from "../http/fields.ts";
import type { HttpLimits } from "../http/limits.ts";
import { createLogger, type Logger } from "../log/logger.ts";
import type { ReloadOutcome } from "../processes/generations.ts";
import type { Address, Binding } from "../server/addresses.ts";
import { type ConnectionLimits, LONGEST_TIMER } from "../server/limits.ts";
import type { ProxyOptions } from "../server/proxies.ts";
import { Server } from "../server/server.ts";
import type { Sharers } from "../server/sharers.ts";
import type { ListenerTls, TlsOptions } from "../server/tls-options.ts";
import type { ServerStatistics } from "../stats/server-statistics.ts";
import type { Application } from "../wsgi/types.ts";
import {
  enginesStatistics,
  holdEngines,
  releaseEngines,
  reloadEngines,
  resizeEngines,
  whyUnable,
} from "./engines.ts";
import { secured } from "./secured.ts";
import { SOFTWARE } from "./version.ts";

export interface MakeServerOptions {
  /** Connections that the system keeps waiting before they are accepted; 2048 if not given. */
  readonly backlog?: number;
  /** Whether other processes serve the same application. */
  readonly multiprocess?: boolean;
  readonly limits?: Partial<HttpLimits>;
  /** In bytes; they are this process's, so that the server made last says them for all. */
  readonly buffers?: Partial<BufferLimits>;
  /** In milliseconds; `minRate` in bytes a second. */
  readonly timeouts?: Partial<Timeouts>;
  readonly connections?: Partial<ConnectionLimits>;
  /** HTTPS in place of HTTP, from TLS 1.2 on; a PROXY line is then read within TLS, not before it. */
  readonly tls?: TlsOptions;
  /** Which proxies are believed, and what; those of this machine, and all, if not given. */
  readonly proxies?: Partial<ProxyOptions>;
  /** What becomes of field names with an underscore; `drop` if not given. */
  readonly headerMap?: HeaderMap;
  /** Whether each request gets an id, that of its `X-Request-ID` if a trusted proxy sent one; `false` if not given. */
  readonly requestIds?: boolean;
  /** Names and values to put into every environ; what is not ASCII becomes the bytes of its UTF-8. */
  readonly environ?: Readonly<Record<string, string>>;
  /** Where this server says by itself how it is: for a load balancer, or Kubernetes. */
  readonly health?: HealthPaths;
  /** Standard error if not given. */
  readonly log?: Logger;
  /** Told of each answered request. */
  readonly onExchange?: (exchange: Exchange) => void;
}

/**
 * Listens, and is ready when it returns; serves from `serveForever`, `handleRequest` or `start` on.
 * Port 0 takes a free one; `server.port` says which.
 * @throws {ListenError} the address cannot be listened on
 * @throws {AddressListError} `proxies` names what is no address
 * @throws {DeployedEnvironError} `environ` has a name that is not for deployers to say
 * @throws {TlsError} no client could be served by `tls`
 * @throws {LoadError} a Python application cannot be loaded
 */
export function makeServer(
  host: string,
  port: number,
  application: Application,
  options: MakeServerOptions = {},
): Promise<RunningServer> {
  return RunningServer.open(application, [{ kind: "tcp", host, port }], options);
}

/** Of a server and the engines of its process, also while these still start. */
export function statisticsOf({ statistics: { totals, present } }: Server): ServerStatistics {
  const engines = enginesStatistics();
  return {
    totals: { ...totals, ...engines.totals },
    present: { ...present, ...engines.present },
  };
}

/** A {@link Server} that owns its application's engines. */
export class RunningServer implements AsyncDisposable {
  readonly #server: Server;
  #closing: Promise<void> | undefined;
  readonly #hurry = new AbortController();

  /** `onListening` ends before the engines start, which may take their time. */
  static async open(
    application: Application,
    addresses: readonly Binding[],
    options: MakeServerOptions,
    onListening?: (server: Server) => Promise<void> | void,
  ): Promise<RunningServer> {
    if (options.buffers !== undefined) setBufferLimits(options.buffers);
    const log = options.log ?? createLogger({ destination: process.stderr });
    const { tls } = options;
    const server = await Server.listen(application, {
      addresses: tls ? await secured(addresses, tls, (message) => log.warning(message)) : addresses,
      backlog: options.backlog ?? 2048,
      software: SOFTWARE,
      multiprocess: options.multiprocess ?? false,
      log,
      ...(options.limits && { limits: options.limits }),
      ...(options.timeouts && { timeouts: options.timeouts }),
      ...(options.connections && { connections: options.connections }),
      ...(options.proxies && { proxies: options.proxies }),
      ...(options.headerMap && { headerMap: options.headerMap }),
      ...(options.requestIds && { requestIds: options.requestIds }),
      ...(options.environ && { environ: options.environ }),
      ...(options.health && { health: options.health, whyUnable }),
      ...(options.onExchange && { onExchange: options.onExchange }),
    });
    try {
      await onListening?.(server);
    } catch (error) {
      await server.close(0);
      throw error;
    }
    tellTroubleTo((message) => log.warning(message));
    // Nothing waits for it, and what cannot be removed is in nobody's way.
    void removeAbandoned().catch(reportTrouble);
    try {
      await holdEngines();
    } catch (error) {
      await Promise.all([server.close(0), releaseEngines(AbortSignal.abort())]);
      throw error;
    }
    return new RunningServer(server);
  }

  private constructor(server: Server) {
    this.#server = server;
  }

  /** With real ports where 0 was asked for. */
  get addresses(): readonly Address[] {
    return this.#server.addresses;
  }

  get url(): string {
    return this.#server.url;
  }

  get port(): number {
    return this.#server.port;
  }

  /** Requests that its application was called for. */
  get requestsServed(): number {
    return this.#server.requestsServed;
  }

  /** What it has counted, and the engines of its process. */
  get statistics(): ServerStatistics {
    return statisticsOf(this.#server);
  }

  /** Takes a connection that was accepted elsewhere; reading from it must not have begun. */
  accept(socket: Socket): void {
    this.#server.accept(socket);
  }

  /**
   * What handshakes from here on are made with, where it speaks TLS; connections that are there keep what they
   * have, and whether clients are asked for certificates stays as it was.
   * @throws {TlsError} no client could be served by it; nothing has changed
   */
  async renewTls(tls: ListenerTls): Promise<void> {
    const { checkTls } = await import("../server/tls-options.ts");
    checkTls(tls);
    for (const listener of this.#server.listeners) listener.renewTls(tls);
  }

  /** Listens there too, on sockets from which those of `sharers` take as well. @throws {ListenError} */
  listenAlso(sockets: readonly Binding[], backlog: number, sharers?: Sharers): Promise<void> {
    return this.#server.listenAlso(sockets, backlog, sharers);
  }

  /**
   * Resolves when it listens nowhere any more. What has come to a socket is taken first, where nobody
   * else takes it: `areShared` says so of each.
   */
  listenNoMore(areShared: readonly boolean[]): Promise<void> {
    return this.#server.listenNoMore(areShared);
  }

  /**
   * Ends its connections, each after the answer to what was asked on it; new ones are taken as ever.
   * Resolves when nothing more can be asked on them.
   */
  letGo(): Promise<void> {
    return this.#server.letGo();
  }

  /**
   * Answers 504 to all requests that are open and not yet answered, cuts the others off, and logs `why`.
   * It waits for nothing, so that it does its work even where the event loop does not turn.
   */
  giveUp(why: string): void {
    this.#server.giveUp(why);
  }

  /** Serves whatever comes, without waiting for it. */
  start(): void {
    this.#server.start();
  }

  /** Answers readiness checks with 503 from here on; requests are taken all the same. */
  leave(): void {
    this.#server.leave();
  }

  /** Each answer from here on is the last of its connection, so that clients go elsewhere. */
  endKeepAlive(): void {
    this.#server.endKeepAlive();
  }

  /** Serves until {@link close}. */
  serveForever(): Promise<void> {
    return this.#server.serveForever();
  }

  /** Serves one request and returns, as wsgiref's `handle_request` does. */
  handleRequest(): Promise<void> {
    return this.#server.handleRequest();
  }

  /**
   * Loads the Python applications anew, each beside the one that runs until the new one is ready; one
   * that cannot be loaded leaves the old one running. What this process has imported stays as it is.
   */
  reload(): Promise<ReloadOutcome> {
    return reloadEngines();
  }

  /** So many worker processes more, or fewer, but at least one, for each Python application; returns how many they are to have together. */
  resize(by: number): number {
    return resizeEngines(by);
  }

  /**
   * Takes no new connections but those that have come, lets open requests finish for at most `grace`
   * milliseconds (30,000 if not given), then ends the engines too. Called again with less, it hurries.
   */
  close(grace = 30_000): Promise<void> {
    this.leave();
    return this.retire(grace);
  }

  /** As {@link close}, where another process goes on: who checks readiness here is told nothing else. */
  async retire(grace: number): Promise<void> {
    const closed = this.#server.close(grace);
    this.#closing ??= closed.then(() => releaseEngines(this.#hurry.signal));
    if (grace === 0) this.#hurry.abort("told to hurry");
    const late = (): void => this.#hurry.abort("not finished within --graceful-timeout");
    const timer = setTimeout(late, Math.min(grace, LONGEST_TIMER));
    await this.#closing;
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
