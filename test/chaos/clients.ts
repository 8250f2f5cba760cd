/** Clients of a site in trouble: each asks without an end, and all note what they see. */
import { setTimeout as pause } from "node:timers/promises";
import {
  ClientConnection,
  ConnectionEnded,
  ServerSilent,
} from "../../src/client/client-connection.ts";
import { Random } from "../fuzz/random.ts";
import { type Asked, fault, makeRequest } from "./requests.ts";

export interface ClientOptions {
  readonly port: number;
  readonly clients: number;
  readonly seed: number;
  /** Whether the process that holds connections may be killed, and they with it. */
  readonly mayLoseConnections: boolean;
}

/** Longer than any request may take before it is answered 504, and its worker is replaced. */
const LONGEST_SILENCE = 20_000;
const REQUESTS_A_CONNECTION = 20;
const MOST_FAULTS = 20;

export class Clients {
  readonly #options: ClientOptions;
  readonly #running: Promise<void>[];
  #isOver = false;
  #isCalm = false;
  #asked = 0;
  /** What became of requests: statuses, `cut`, `lost`, `left`. */
  readonly outcomes: Map<string, number> = new Map();
  readonly faults: string[] = [];
  /** Names by what the server said of them. */
  readonly succeeded: Set<string> = new Set();
  readonly refused: Set<string> = new Set();

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#running = Array.from({ length: options.clients }, (_, index) =>
      this.#run(new Random(options.seed + index), `c${index}`),
    );
  }

  /** From here on nothing is asked that ends a worker. */
  calm(): void {
    this.#isCalm = true;
  }

  get count(): number {
    return this.#asked;
  }

  /** Resolves when each has had its last answer. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#running);
  }

  async #run(random: Random, prefix: string): Promise<void> {
    for (let number = 0; !this.#isOver; number += REQUESTS_A_CONNECTION) {
      try {
        using connection = await ClientConnection.open(this.#options.port, LONGEST_SILENCE);
        await this.#askAll(connection, random, `${prefix}-${number}`);
      } catch (error) {
        this.#note("not connected");
        this.#fault(`cannot connect: ${error}`);
        await pause(100);
      }
    }
  }

  async #askAll(connection: ClientConnection, random: Random, prefix: string): Promise<void> {
    for (let left = REQUESTS_A_CONNECTION; left > 0 && !this.#isOver; left -= 1) {
      const asked = makeRequest(`${prefix}-${left}`, random, this.#isCalm);
      this.#asked += 1;
      connection.request("POST", `/${asked.kind}/${asked.name}`, { body: asked.body });
      if (random.oneIn(50)) {
        this.#note("left");
        return;
      }
      if (!(await this.#hear(connection, asked))) return;
    }
  }

  /** Whether the connection can be used on. */
  async #hear(connection: ClientConnection, asked: Asked): Promise<boolean> {
    try {
      const answer = await connection.answer();
      this.#note(answer.isWhole ? String(answer.status) : "cut");
      const wrong = fault(asked, answer);
      if (wrong !== undefined) this.#fault(`${asked.kind} ${asked.name}: ${wrong}`);
      if (answer.status === 200) this.succeeded.add(asked.name);
      if (answer.status === 503) this.refused.add(asked.name);
      return answer.isWhole && answer.fields.every(([name]) => name.toLowerCase() !== "connection");
    } catch (error) {
      const isLost = error instanceof ConnectionEnded;
      this.#note(isLost ? "lost" : "silent");
      if (!isLost && !(error instanceof ServerSilent)) throw error;
      if (!isLost || !this.#options.mayLoseConnections) {
        this.#fault(`${asked.kind} ${asked.name}: no answer: ${error.message}`);
      }
      return false;
    }
  }

  #note(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }

  #fault(text: string): void {
    if (this.faults.length < MOST_FAULTS) this.faults.push(text);
  }
}
