/** What one server gives to each of its connections. */
import type { ServerFacts } from "../../gateway/environ.ts";
import type { ForwardedTrust } from "../../gateway/forwarded.ts";
import type { TrustedPeers } from "../../gateway/trusted-peers.ts";
import type { RequestHead, ResponseHead } from "../../http/events.ts";
import type { HttpLimits } from "../../http/limits.ts";
import type { ProxyMode } from "../../http/proxy-protocol.ts";
import type { CommonFields } from "../../http/writers.ts";
import type { LogSubject } from "../../log/log-subject.ts";
import type { RequestStatistics } from "../../stats/request-statistics.ts";
import type { Application, Environ } from "../../wsgi/types.ts";
import type { HealthChecks } from "../health.ts";
import type { FaultLog } from "./fault-log.ts";

/** How long a client may take, and an application, in milliseconds. */
export interface Timeouts {
  /** From the first byte of a head (for a new connection, from the connection) to its last. */
  readonly head: number;
  /** Between two pieces of a body. */
  readonly body: number;
  /** Between the end of a response and the first byte of the next request. */
  readonly keepAlive: number;
  /** Without the client taking a byte of a response that waits for it. */
  readonly write: number;
  /** For a client to close its side after the last response. */
  readonly linger: number;
  /**
   * For an application to answer, or to give the next piece of its answer, while its client waits;
   * Infinity for no limit.
   */
  readonly application: number;
  /**
   * Bytes a second that a client must send of a body, or take of an answer, on average beyond
   * `body` or `write`; 0 for no such limit.
   */
  readonly minRate: number;
}

/** One answered request, for the access log. */
export interface Exchange {
  readonly request: RequestHead;
  readonly environ: Environ;
  /** Undefined where requests have no ids. */
  readonly about: LogSubject | undefined;
  /** Undefined where the client left before it was answered. */
  readonly response: ResponseHead | undefined;
  readonly bodyBytesSent: number;
  /** When the head had been read, in milliseconds since 1970. */
  readonly startTime: number;
  readonly durationMilliseconds: number;
}

/** Where a front end says what an operator should know. */
export interface ServerLog {
  /** Each message is one line; request data in it is quoted already. */
  warning(message: string, about?: LogSubject): void;
  error(message: string, about?: LogSubject): void;
  /** Text as an application wrote it. */
  raw(text: string, about?: LogSubject): void;
}

/** Whom a server believes about the clients behind them. */
export interface Proxies extends ForwardedTrust {
  readonly mode: ProxyMode;
  /** Peers that begin with the PROXY protocol, if `mode` says so. */
  readonly balancers: TrustedPeers;
  /** Called where fields of a peer that is not trusted are left out; its address may be empty. */
  readonly onUntrusted: (address: string) => void;
}

export interface ServerContext {
  readonly application: Application;
  /** Come before the application, and are no exchanges; undefined where nobody asked for them. */
  readonly health: HealthChecks | undefined;
  readonly server: ServerFacts;
  readonly limits: HttpLimits;
  readonly timeouts: Timeouts;
  readonly proxies: Proxies;
  readonly log: ServerLog;
  readonly faults: FaultLog;
  readonly statistics: RequestStatistics;
  /** Undefined where nobody wants to know, so that it costs nothing. */
  readonly onExchange: ((exchange: Exchange) => void) | undefined;
  /** Called once for each request that was answered or given up. */
  readonly onRequestEnd: (() => void) | undefined;
  /** Milliseconds of a steady clock that is read a few times a second. */
  readonly clock: { readonly now: number };
  /** The Date and Server fields of this second. */
  readonly commonFields: () => CommonFields;
}
