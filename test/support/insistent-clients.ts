/** Clients that ask until nobody listens any more, and note what became of each request. */
import { connect, type Socket } from "node:net";

export interface InsistentOptions {
  /** As the log says it: `http://127.0.0.1:8000` or `unix:/run/app.sock`. */
  readonly url: string;
  readonly clients: number;
  /** Whether they ask again on the connection they have, for as long as the server keeps it. */
  readonly keepAlive: boolean;
}

type Outcome =
  | { readonly kind: "answered"; readonly isLast: boolean }
  | { readonly kind: "refused" }
  | { readonly kind: "lost"; readonly why: string };

const HEAD = "GET / HTTP/1.1\r\nHost: test\r\n";
/** What a connection says that nobody listens to: the port is closed, or the socket's file is gone. */
const REFUSED = ["ECONNREFUSED", "ENOENT"];

export class InsistentClients {
  readonly #options: InsistentOptions;
  readonly #sockets = new Set<Socket>();
  /** Resolves when each was refused, or lost a request. */
  readonly ended: Promise<unknown>;
  answered = 0;
  /** Why, for each request that was sent and not answered whole. */
  readonly lost: string[] = [];
  /** Requests that wait for their answer. */
  pending = 0;

  constructor(options: InsistentOptions) {
    this.#options = options;
    this.ended = Promise.all(Array.from({ length: options.clients }, () => this.#run()));
  }

  /** Leaves, whatever is open. */
  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #run(): Promise<void> {
    for (;;) {
      const last = await this.#connection();
      if (last.kind === "lost") this.lost.push(last.why);
      if (last.kind !== "answered") return;
    }
  }

  /** From one connection's first request to its last. */
  #connection(): Promise<Outcome> {
    const { keepAlive } = this.#options;
    const socket = connectTo(this.#options.url);
    this.#sockets.add(socket);
    let last: Outcome = { kind: "lost", why: "closed without an answer" };
    let text = "";
    const ask = (): void => {
      this.pending += 1;
      last = { kind: "lost", why: "closed without an answer" };
      socket.write(keepAlive ? `${HEAD}\r\n` : `${HEAD}Connection: close\r\n\r\n`);
    };
    socket.once("connect", ask);
    socket.setEncoding("latin1").on("data", (data: string) => {
      text += data;
      if (!/\r\n\r\nwhole[ \d]*$/.test(text)) return;
      const isLast = /^connection: close\r$/im.test(text);
      last = /^HTTP\/1.1 200 /.test(text)
        ? { kind: "answered", isLast }
        : { kind: "lost", why: text };
      text = "";
      this.pending -= 1;
      this.answered += 1;
      if (!isLast && last.kind === "answered") ask();
      else socket.end();
    });
    socket.on("error", ({ code = "" }: NodeJS.ErrnoException) => {
      if (last.kind === "answered") return;
      last = REFUSED.includes(code) ? { kind: "refused" } : { kind: "lost", why: code };
    });
    return new Promise((resolve) => {
      socket.once("close", () => {
        this.#sockets.delete(socket);
        resolve(last);
      });
    });
  }
}

function connectTo(url: string): Socket {
  const path = /^unix:(.*)$/.exec(url)?.[1];
  if (path !== undefined) return connect(path);
  const { hostname, port } = new URL(url);
  return connect({ host: hostname, port: Number(port) });
}
