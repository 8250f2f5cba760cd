/** Another load, while so many connections lie open beside it that ask for nothing. */
import type { Measurement } from "../results.ts";
import { IdleConnections } from "./idle-connections.ts";
import type { Load, Turn } from "./load.ts";

export class BesideIdleLoad implements Load {
  readonly words: string;
  readonly connections: number;
  readonly #busy: Load;
  readonly #idle: number;

  constructor(busy: Load, idle: number) {
    this.words = `${busy.words} beside ${idle} idle ones`;
    this.connections = busy.connections;
    this.#busy = busy;
    this.#idle = idle;
  }

  async run(turn: Turn): Promise<Measurement> {
    using idle = await IdleConnections.open(turn.server, this.#idle);
    const measurement = await this.#busy.run(turn);
    await idle.verify();
    return measurement;
  }
}
