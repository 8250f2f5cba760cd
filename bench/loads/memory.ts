/** Loads that ask what memory a server takes: as it stands, after work, and with connections open. */
import { setTimeout as pause } from "node:timers/promises";
import type { Measurement } from "../results.ts";
import { IdleConnections } from "./idle-connections.ts";
import { type Load, type RunningServer, residentBytesOf, type Turn } from "./load.ts";
import { runOpenLoop, textOf } from "./open-loop.ts";

/** How long a server may tidy up, in milliseconds; longer changes nothing: V8 does not tidy up at rest. */
const usualRest = 2_000;
/** As many as most servers here can answer. */
const requestsPerSecond = 2_500;
/** For those that cannot: the number of requests is what counts. */
const lastWaitSeconds = 30;
/** Some servers serve as many connections at a time as they have processes. */
const busyConnections = 2;

/** Memory of a server that has answered so many requests, and has none to answer. */
export class IdleMemoryLoad implements Load {
  readonly words: string;
  readonly connections: number = 1;
  readonly #requests: number;
  readonly #rest: number;

  constructor(requests: number, rest: number = usualRest) {
    this.#rest = rest;
    this.words = requests === 0 ? "after its first answers" : `after ${requests} requests`;
    this.#requests = requests;
  }

  async run({ server, signal }: Turn): Promise<Measurement> {
    const errors = await answerMany(server, this.#requests, signal);
    await pause(this.#rest, undefined, { signal });
    return { residentBytes: residentBytesOf(server), errors };
  }
}

/** What each of many idle connections adds to the memory of a server that has worked before. */
export class ConnectionMemoryLoad implements Load {
  readonly words: string;
  readonly connections: number = 1;
  readonly #count: number;
  readonly #rest: number;

  constructor(count: number, rest: number = usualRest) {
    this.#rest = rest;
    this.words = `${count} idle connections, each after one request`;
    this.#count = count;
  }

  async run({ server, signal }: Turn): Promise<Measurement> {
    const errors = await answerMany(server, this.#count, signal);
    await pause(this.#rest, undefined, { signal });
    const without = residentBytesOf(server);
    using idle = await IdleConnections.open(server, this.#count);
    await pause(this.#rest, undefined, { signal });
    const residentBytes = residentBytesOf(server);
    await idle.verify();
    return { residentBytes, bytesPerConnection: (residentBytes - without) / this.#count, errors };
  }
}

/** @returns how many of them failed */
async function answerMany(
  { port, exchange }: RunningServer,
  requests: number,
  signal: AbortSignal,
): Promise<number> {
  if (requests === 0) return 0;
  const asked = { port, path: exchange.path, body: textOf(exchange) };
  const seconds = requests / requestsPerSecond;
  const rate = { rate: requestsPerSecond, connections: busyConnections, warmUpSeconds: 0, seconds };
  const { failed } = await runOpenLoop({ ...asked, ...rate, lastWaitSeconds }, signal);
  return failed;
}
