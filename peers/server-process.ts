/** A server started on a free port, asked for its answer, ended with all its processes. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type Exchange, verifyExchange } from "./exchange.ts";
import { isAlive, type ProcessFacts, processTree } from "./process-tree.ts";

const bootTimeout = 30_000; // milliseconds, as are the two below
const usualPatience = 5_000;
const pauseBetweenLooks = 10;
const maxLogCharacters = 16_777_216;
const maxQuotedCharacters = 8_192;

export interface PeerServer {
  readonly name: string;
  readonly command: (port: string) => readonly string[];
  /** Beside this process's own variables. */
  readonly environ?: Readonly<Record<string, string>>;
  /** Milliseconds that it has to end when it is asked to; then it is ended by force. */
  readonly patience?: number;
  /** What tells that it is ready. */
  readonly ready: Exchange;
}

export class ServerProcess implements AsyncDisposable {
  readonly port: number;
  readonly #server: PeerServer;
  readonly #child: ChildProcess;
  readonly #spawned = performance.now();
  #secondsToFirstAnswer = Number.NaN;
  #log = "";

  /**
   * Resolves when the server gives the expected answer.
   * @throws when it ends or the time is over before it does.
   */
  static async start(peer: PeerServer, signal: AbortSignal): Promise<ServerProcess> {
    const server = new ServerProcess(peer, await freePort());
    try {
      await server.#waitUntilReady(signal);
      server.#secondsToFirstAnswer = (performance.now() - server.#spawned) / 1_000;
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(server: PeerServer, port: number) {
    const [file = "", ...args] = server.command(String(port));
    this.port = port;
    this.#server = server;
    // Its own process group: Ctrl-C is for this program, which then ends the server in order.
    this.#child = spawn(file, args, {
      detached: true,
      env: { ...process.env, ...server.environ },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.on("error", (error) => this.#keep(String(error)));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => this.#keep(text));
    }
  }

  get name(): string {
    return this.#server.name;
  }

  get exchange(): Exchange {
    return this.#server.ready;
  }

  /** From the start of the process. */
  get secondsToFirstAnswer(): number {
    return this.#secondsToFirstAnswer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}${this.#server.ready.path}`;
  }

  get hasEnded(): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    return pid === undefined || exitCode !== null || signalCode !== null;
  }

  /** Whether it has ended within so many milliseconds. */
  async ends(longest: number): Promise<boolean> {
    if (this.hasEnded) return true;
    const ended = once(this.#child, "exit");
    await Promise.race([ended, pause(longest, undefined, { ref: false })]);
    return this.hasEnded;
  }

  /** What it has written to stdout and stderr, of late. */
  get log(): string {
    return this.#log;
  }

  processes(): ProcessFacts[] {
    return this.#child.pid === undefined ? [] : processTree(this.#child.pid);
  }

  /** @throws when the answer is not the expected one, or takes longer than so many milliseconds. */
  async verify(longest: number = bootTimeout): Promise<void> {
    try {
      await verifyExchange(this.port, this.exchange, longest);
    } catch (error) {
      throw this.#complaint("", error);
    }
  }

  /** Ends the server politely, and by force whatever of it is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    const processes = this.processes();
    if (!this.hasEnded) this.#child.kill("SIGTERM");
    await this.ends(this.#server.patience ?? usualPatience);
    for (const left of processes.filter(isAlive)) process.kill(left.pid, "SIGKILL");
  }

  async #waitUntilReady(signal: AbortSignal): Promise<void> {
    const deadline = Date.now() + bootTimeout;
    for (;;) {
      try {
        return await verifyExchange(this.port, this.exchange, bootTimeout);
      } catch (error) {
        if (this.hasEnded || Date.now() > deadline) throw this.#complaint(" did not start", error);
      }
      await pause(pauseBetweenLooks, undefined, { signal });
    }
  }

  #keep(text: string): void {
    this.#log = (this.#log + text).slice(-maxLogCharacters);
  }

  /** With what the server has written of late. */
  #complaint(what: string, cause: unknown): Error {
    const why = cause instanceof Error ? cause.message : String(cause);
    const lastWords = this.#log.slice(-maxQuotedCharacters);
    return new Error(`${this.name}${what}: ${why}\n${lastWords}`, { cause });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  // Node.js types the address for pipes too; a listening TCP server has a port.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
