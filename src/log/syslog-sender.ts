/** One way to a syslog server: over UDP (RFC 5426), or a stream of TCP or a Unix socket (RFC 6587). */
import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { connect, type Socket } from "node:net";
import type { LogDestination } from "./logger.ts";

export type SyslogAddress =
  | { readonly kind: "udp" | "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** The most that UDP over IPv4 carries; a message's end is left out beyond it. */
const MAX_DATAGRAM_BYTES = 65_507;

/** Of messages that wait for the server; what comes beyond it is dropped. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** A server that is gone is looked for again so much later, in milliseconds. */
const RETRY = 1_000;

/** How long a stream may take to open, in milliseconds. */
const LONGEST_CONNECT = 5_000;

/** Trouble is told once in so many milliseconds. */
const TELL_EVERY = 60_000;

/** What an open way takes messages by. */
interface Way {
  send(message: Buffer): void;
  /** Bytes that it has not sent yet. */
  readonly unsent: number;
  close(): void;
}

interface WayEvents {
  /** Messages are lost, and the next ones may not be. */
  readonly onTrouble: (error: Error) => void;
  /** There is no way any more. */
  readonly onLost: (error: Error) => void;
}

export class SyslogSender implements LogDestination {
  readonly #address: SyslogAddress;
  readonly #tell: (error: Error) => void;
  #way: Way | undefined;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #retry: NodeJS.Timeout | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  /** `onTrouble` is told when messages wait or are lost, once a minute. */
  constructor(address: SyslogAddress, onTrouble: (error: Error) => void) {
    this.#address = address;
    this.#tell = onTrouble;
  }

  /** Resolves when there is a way; rejects if there is none yet, and then goes on looking for it. */
  async open(): Promise<void> {
    try {
      await this.#open();
    } catch (error) {
      this.#retryLater();
      throw error;
    }
  }

  /** Takes one message. */
  write(message: string): void {
    const bytes = Buffer.from(message, "utf8");
    const way = this.#way;
    if ((way?.unsent ?? this.#waitingBytes) + bytes.length > MAX_WAITING_BYTES) {
      this.#events.onTrouble(new Error("the server takes no more"));
    } else if (way !== undefined) {
      way.send(bytes);
    } else {
      this.#waiting.push(bytes);
      this.#waitingBytes += bytes.length;
    }
  }

  /** What is on its way still goes out; what waits for a way does not. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#way?.close();
  }

  async #open(): Promise<void> {
    const way = await wayTo(this.#address, this.#events);
    if (this.#isClosed) {
      way.close();
      return;
    }
    this.#way = way;
    this.#waitingBytes = 0;
    for (const message of this.#waiting.splice(0)) way.send(message);
  }

  readonly #events: WayEvents = {
    onTrouble: (error) => {
      const now = performance.now();
      if (this.#isClosed || now - this.#toldAt < TELL_EVERY) return;
      this.#toldAt = now;
      this.#tell(error);
    },
    onLost: (error) => {
      if (this.#isClosed) return;
      this.#way = undefined;
      this.#events.onTrouble(error);
      this.#retryLater();
    },
  };

  #retryLater(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      this.#open().catch(this.#events.onLost);
    }, RETRY).unref();
  }
}

function wayTo(address: SyslogAddress, events: WayEvents): Promise<Way> {
  return address.kind === "udp" ? datagrams(address, events) : stream(address, events);
}

async function datagrams(
  { host, port }: { readonly host: string; readonly port: number },
  { onTrouble }: WayEvents,
): Promise<Way> {
  const { address, family } = await lookup(host);
  const socket = createSocket(family === 6 ? "udp6" : "udp4").unref();
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.connect(port, address, () => {
      socket.off("error", reject);
      resolve();
    });
  });
  // Nobody listens there, as the system was told of an earlier message.
  socket.on("error", onTrouble);
  return {
    unsent: 0,
    send: (message) => socket.send(message.subarray(0, MAX_DATAGRAM_BYTES)),
    close: () => socket.close(),
  };
}

async function stream(
  address: Exclude<SyslogAddress, { readonly kind: "udp" }>,
  { onLost }: WayEvents,
): Promise<Way> {
  const socket = await connected(address);
  socket.unref().resume();
  let why = new Error("the server has closed the connection");
  socket.on("error", (error) => {
    why = error;
  });
  socket.once("close", () => onLost(why));
  return {
    get unsent() {
      return socket.writableLength;
    },
    // RFC 6587 §3.4.1: so a message may have several lines.
    send: (message) => socket.write(Buffer.concat([Buffer.from(`${message.length} `), message])),
    close: () => socket.end(),
  };
}

function connected(address: Exclude<SyslogAddress, { readonly kind: "udp" }>): Promise<Socket> {
  const socket = connect(address.kind === "unix" ? { path: address.path } : address);
  const timer = setTimeout(() => {
    socket.destroy(new Error(`it does not answer within ${LONGEST_CONNECT / 1000} s`));
  }, LONGEST_CONNECT);
  return new Promise((resolve, reject) => {
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(error.code === "EPROTOTYPE" ? new Error(DATAGRAM_SOCKET, { cause: error }) : error);
    });
  });
}

/** What /dev/log is nearly everywhere. */
const DATAGRAM_SOCKET =
  "it is a datagram socket, which Node.js cannot write to; use udp://HOST:PORT or tcp://HOST:PORT, or leave it out and let the service manager or logger(1) take standard error";
