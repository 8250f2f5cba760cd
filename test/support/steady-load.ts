/** Clients that ask again and again, each on a connection that it keeps, and note what becomes of it. */
import { Agent, type IncomingMessage, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

export interface LoadOptions {
  readonly url: string;
  readonly clients: number;
  /** Milliseconds between an answer and the next request of the same client. */
  readonly every: number;
}

export interface LoadReport {
  readonly answered: number;
  /** What was no 200, or no whole answer. */
  readonly failures: readonly string[];
  /** The longest that a client waited for an answer, in milliseconds. */
  readonly longest: number;
  /** How many times a client needed another connection than the one it had. */
  readonly reconnected: number;
}

export class SteadyLoad implements AsyncDisposable {
  readonly #options: LoadOptions;
  readonly #clients: Promise<void>[];
  #isOver = false;
  #answered = 0;
  #failures: string[] = [];
  #longest = 0;
  #reconnected = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#clients = Array.from({ length: options.clients }, () => this.#run());
  }

  get answered(): number {
    return this.#answered;
  }

  /** What there was to see since the last call. */
  take(): LoadReport {
    const report = {
      answered: this.#answered,
      failures: this.#failures,
      longest: this.#longest,
      reconnected: this.#reconnected,
    };
    this.#answered = 0;
    this.#failures = [];
    this.#longest = 0;
    this.#reconnected = 0;
    return report;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
  }

  async #run(): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!this.#isOver) {
      const start = performance.now();
      try {
        if (!(await this.#ask(agent))) this.#reconnected += 1;
        this.#answered += 1;
      } catch (error) {
        this.#failures.push(String(error));
      }
      this.#longest = Math.max(this.#longest, performance.now() - start);
      await pause(this.#options.every);
    }
    agent.destroy();
  }

  /** Whether it was asked on the connection that was there. */
  #ask(agent: Agent): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const asked = request(this.#options.url, { agent }, (response: IncomingMessage) => {
        response.once("error", reject).resume();
        response.once("end", () => {
          if (response.statusCode === 200) resolve(asked.reusedSocket);
          else reject(new Error(`answered ${response.statusCode}`));
        });
      });
      asked.once("error", reject).end();
    });
  }
}
