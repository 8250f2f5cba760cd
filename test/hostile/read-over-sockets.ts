/** Feeds bytes to a real server as test/http/every-cut.ts feeds them to the core, with the same outcome. */
import assert from "node:assert/strict";
import { createServer, type Server, type Socket } from "node:net";
import { makeServer, type RunningServer } from "../../src/embed/make-server.ts";
import type { Exchange } from "../../src/frontends/http1/server-context.ts";
import type { Application, Environ } from "../../src/wsgi/types.ts";
import {
  type Outcome,
  type ReadRequest,
  type ReadSettings,
  SECOND_REQUEST,
} from "../http/every-cut.ts";
import { KeptLog } from "../support/serve-application.ts";
import { HostileClient } from "./hostile-client.ts";
import { finalOnes, type StrictAnswer } from "./strict-answers.ts";

/** How the bytes are written: at once, or each in a write and a turn of the event loop of its own. */
export type Cut = "whole" | "byte by byte" | "whole, and then the client's end";

/** Longer inputs are written byte by byte only this near to their ends. */
const MAX_SINGLE_BYTES = 256;

/** The size of the pieces between, which divides nothing. */
const SAMPLED_PIECE_BYTES = 509;

/** No server needs so many turns of the event loop for a few thousand bytes. */
const MAX_TURNS = 20_000;

/** The server's side of a connection, and what was answered on it. */
interface Watched {
  readonly socket: Socket;
  readonly exchanges: Exchange[];
}

/** A server whose side of each connection the test can see. */
export class WatchedServer implements AsyncDisposable {
  readonly #server: RunningServer;
  readonly #listener: Server;
  /** By the client's port, as long as its test runs: a later client may be given the same port. */
  readonly #watched: Map<number, Watched>;
  readonly #bodies: WeakMap<Environ, Buffer>;

  private constructor(
    server: RunningServer,
    watched: Map<number, Watched>,
    bodies: WeakMap<Environ, Buffer>,
  ) {
    this.#server = server;
    this.#watched = watched;
    this.#bodies = bodies;
    this.#listener = createServer({ allowHalfOpen: true }, (socket) => {
      watched.set(socket.remotePort ?? 0, { socket, exchanges: [] });
      server.accept(socket);
    });
  }

  static async open({ headerMap, ...limits }: ReadSettings): Promise<WatchedServer> {
    const watched = new Map<number, Watched>();
    const bodies = new WeakMap<Environ, Buffer>();
    const echo: Application = async (environ, startResponse) => {
      const body = Buffer.from(await environ["wsgi.input"].read());
      bodies.set(environ, body);
      startResponse("200 OK", [["Content-Type", "application/octet-stream"]]);
      return [body];
    };
    const server = await makeServer("127.0.0.1", 0, echo, {
      limits,
      ...(headerMap && { headerMap }),
      log: new KeptLog().logger,
      onExchange: (exchange) => {
        watched.get(Number(exchange.environ.REMOTE_PORT))?.exchanges.push(exchange);
      },
    });
    server.start();
    const opened = new WatchedServer(server, watched, bodies);
    await new Promise<void>((resolve) => {
      opened.#listener.listen(0, "127.0.0.1", resolve);
    });
    return opened;
  }

  /** What the server makes of the bytes, a second request behind them. */
  async read(bytes: Buffer, cut: Cut): Promise<Outcome> {
    const address = this.#listener.address();
    assert.ok(typeof address === "object" && address !== null);
    using client = await HostileClient.open(address.port);
    try {
      return await this.#readFrom(client, bytes, cut);
    } finally {
      this.#watched.delete(client.port);
    }
  }

  async #readFrom(client: HostileClient, bytes: Buffer, cut: Cut): Promise<Outcome> {
    for (const piece of cut === "byte by byte" ? singleBytes(bytes) : [bytes]) {
      void client.send(piece);
      if (cut === "byte by byte") await turn();
    }
    if (cut === "whole, and then the client's end") {
      client.finish();
      await client.untilEnded();
      return this.#stateOf(client);
    }
    await this.#settled(client, bytes.length);
    const first = this.#stateOf(client);
    void client.send(SECOND_REQUEST);
    await this.#settled(client, bytes.length + SECOND_REQUEST.length);
    const both = this.#stateOf(client);
    if (first.end !== "waiting") {
      assert.deepEqual(both, first, "bytes behind the end changed it");
      return first;
    }
    const second = both.requests[first.requests.length];
    return second?.isComplete === true && requestLine(second) === "GET /after-the-first"
      ? { ...first, end: "idle" }
      : first;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#listener.close(() => resolve());
    });
    await this.#server.close(0);
    await closed;
  }

  /** Resolves when the server has read so many bytes, and its client all that came of them. */
  async #settled(client: HostileClient, sent: number): Promise<void> {
    for (let quiet = 0, turns = 0; quiet < 2; turns += 1) {
      await turn();
      assert.ok(turns < MAX_TURNS, "neither has the server read all, nor the client");
      const socket = this.#watched.get(client.port)?.socket;
      const hasRead = socket?.bytesRead === sent || socket?.destroyed === true;
      const hasEnded = socket?.writableEnded === true || socket?.destroyed === true;
      const isTold =
        socket?.bytesWritten === client.bytesReceived && hasEnded === (client.ended !== undefined);
      quiet = hasRead && isTold ? quiet + 1 : 0;
    }
  }

  /** What the connection has come to; `waiting` where it may also be free for another request. */
  #stateOf(client: HostileClient): Outcome {
    const requests = this.#requestsOf(client);
    const answers = finalOnes(client.answers(requests.map(({ head }) => head.method)));
    const error = assertEchoed(requests, answers);
    if (error !== undefined) assert.equal(client.ended, "closed", "an error is not the end");
    if (error !== undefined) return { requests, end: { statusHint: error.status } };
    return { requests, end: client.ended === undefined ? "waiting" : "closed" };
  }

  #requestsOf(client: HostileClient): readonly ReadRequest[] {
    const exchanges = this.#watched.get(client.port)?.exchanges ?? [];
    return exchanges.map(({ request, environ, response }) => {
      const body = this.#bodies.get(environ);
      const isComplete = response?.statusCode === 200 && body !== undefined;
      return { head: request, body: body ?? Buffer.alloc(0), isComplete };
    });
  }
}

/** Asserts that each complete request is echoed, in order; at most one error is behind, and returned. */
function assertEchoed(
  requests: readonly ReadRequest[],
  answers: readonly StrictAnswer[],
): StrictAnswer | undefined {
  const complete = requests.filter(({ isComplete }) => isComplete);
  const [error, ...others] = answers.slice(complete.length);
  assert.deepEqual(
    answers.slice(0, complete.length).map(({ status, body }) => [status, body.toString("latin1")]),
    complete.map(({ head, body }) => [200, head.method === "HEAD" ? "" : body.toString("latin1")]),
  );
  assert.ok(others.length === 0 && (error === undefined || error.status >= 400));
  return error;
}

function requestLine({ head }: ReadRequest): string {
  return `${head.method} ${head.target}`;
}

function singleBytes(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const isNearAnEnd = at < MAX_SINGLE_BYTES || bytes.length - at <= MAX_SINGLE_BYTES;
    const size = isNearAnEnd
      ? 1
      : Math.min(SAMPLED_PIECE_BYTES, bytes.length - MAX_SINGLE_BYTES - at);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
