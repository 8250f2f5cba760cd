/** Sends metrics to a statsd server over UDP, many to a datagram. */
import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";

export interface StatsdOptions {
  readonly host: string;
  readonly port: number;
  /** Before each name, with its dot. */
  readonly prefix: string;
  /** Datadog's, with commas between them; empty for none. */
  readonly tags: string;
  /** Told that metrics are lost, at most once in {@link TELL_EVERY}. */
  readonly onTrouble: (error: Error) => void;
}

/** What fits into a frame of Ethernet with the headers of IPv6 and of tunnels. */
const MAX_DATAGRAM_BYTES = 1_400;

/** How long metrics wait for others, in milliseconds. */
const SEND_EVERY = 100;

/** In milliseconds. */
const TELL_EVERY = 60_000;

type Kind = "c" | "g" | "h" | "ms";

export class StatsdClient {
  readonly #options: StatsdOptions;
  readonly #tags: string;
  /** Counters are added up while they wait. */
  readonly #counters = new Map<string, number>();
  #socket: Promise<Socket> | undefined;
  #lines: string[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;
  #sending: Promise<void> = Promise.resolve();

  constructor(options: StatsdOptions) {
    this.#options = options;
    this.#tags = options.tags === "" ? "" : `|#${options.tags}`;
  }

  increment(name: string): void {
    if (this.#isClosed) return;
    this.#counters.set(name, (this.#counters.get(name) ?? 0) + 1);
    this.#timer ??= setTimeout(() => this.#flush(), SEND_EVERY);
  }

  /** In milliseconds. */
  time(name: string, milliseconds: number): void {
    this.#add(name, milliseconds.toFixed(3), "ms");
  }

  gauge(name: string, value: number): void {
    this.#add(name, String(value), "g");
  }

  histogram(name: string, value: number): void {
    this.#add(name, String(value), "h");
  }

  /** Sends what waits; nothing is sent afterwards. */
  async close(): Promise<void> {
    this.#flush();
    this.#isClosed = true;
    await this.#sending;
    const socket = await this.#socket?.catch(() => undefined);
    socket?.close();
  }

  #add(name: string, value: string, kind: Kind): void {
    if (this.#isClosed) return;
    // gunicorn writes the sampling rate of counters out.
    const rate = kind === "c" ? "|@1.0" : "";
    const line = `${this.#options.prefix}${name}:${value}|${kind}${rate}${this.#tags}`;
    // All is ASCII: settings and names are.
    if (this.#bytes + line.length + 1 > MAX_DATAGRAM_BYTES) this.#sendLines();
    this.#lines.push(line);
    this.#bytes += line.length + 1;
    this.#timer ??= setTimeout(() => this.#flush(), SEND_EVERY);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    for (const [name, count] of this.#counters) this.#add(name, String(count), "c");
    this.#counters.clear();
    this.#sendLines();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #sendLines(): void {
    if (this.#lines.length === 0) return;
    const datagram = this.#lines.join("\n");
    this.#lines = [];
    this.#bytes = 0;
    this.#sending = this.#send(datagram).catch((error: Error) => this.#tell(error));
  }

  async #send(datagram: string): Promise<void> {
    this.#socket ??= this.#connect();
    const socket = await this.#socket;
    await new Promise<void>((resolve, reject) => {
      socket.send(datagram, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  /** The name is looked up once; where that fails, again for the next datagram. */
  #connect(): Promise<Socket> {
    const { host, port } = this.#options;
    const socket = createSocket(isIPv6(host) ? "udp6" : "udp4");
    socket.unref();
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        this.#socket = undefined;
        socket.close();
        reject(error);
      };
      socket.once("error", fail);
      socket.once("connect", () => {
        socket.off("error", fail);
        // Nobody listens there now; later datagrams may be heard.
        socket.on("error", (error) => this.#tell(error));
        resolve(socket);
      });
      // A callback given here would be called where it fails, too.
      socket.connect(port, host);
    });
  }

  #tell(error: Error): void {
    const now = performance.now();
    if (now - this.#toldAt < TELL_EVERY) return;
    this.#toldAt = now;
    this.#options.onTrouble(error);
  }
}
