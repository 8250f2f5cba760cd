/**
 * Which request leaves when, on which connection, and how long it took: decides, and neither waits nor sends.
 * A request's latency counts from the moment at which it was planned, so that whoever must wait for
 * a connection, or for a client that comes late, is not left out ("coordinated omission").
 */

export interface Arrivals {
  /** Requests a second, at equal distances. */
  readonly rate: number;
  readonly seconds: number;
  readonly connections: number;
}

export interface Departure {
  readonly request: number;
  readonly connection: number;
}

/** All times are seconds since the start. */
export class OpenLoop {
  readonly total: number;
  readonly #rate: number;
  /** The one that has been free for longest is first, so that all are used alike. */
  readonly #free: number[];
  readonly #underWay = new Map<number, number>();
  readonly #latencies: Float64Array;
  #departed = 0;
  #answered = 0;
  #failed = 0;

  constructor({ rate, seconds, connections }: Arrivals) {
    this.total = Math.floor(rate * seconds);
    this.#rate = rate;
    this.#free = Array.from({ length: connections }, (_, connection) => connection);
    this.#latencies = new Float64Array(this.total).fill(Number.NaN);
  }

  get answered(): number {
    return this.#answered;
  }

  /** Answers that were no answers, and requests that got none. */
  get failed(): number {
    return this.#failed;
  }

  get isOver(): boolean {
    return this.#answered + this.#failed === this.total;
  }

  plannedAt(request: number): number {
    return request / this.#rate;
  }

  /** Those that are due and have a free connection; the others leave as soon as one is. */
  depart(now: number): Departure[] {
    const departures: Departure[] = [];
    while (this.#departed < this.total && this.plannedAt(this.#departed) <= now) {
      const connection = this.#free.shift();
      if (connection === undefined) break;
      const request = this.#departed++;
      this.#underWay.set(connection, request);
      departures.push({ request, connection });
    }
    return departures;
  }

  conclude(connection: number, outcome: "answered" | "failed", now: number): void {
    const request = this.#underWay.get(connection);
    if (request === undefined) throw new Error(`connection ${connection} had no request under way`);
    this.#underWay.delete(connection);
    this.#free.push(connection);
    this.#record(request, outcome, now);
  }

  /** Whoever has no answer by now has failed, and has waited as long as until now at least. */
  giveUp(now: number): void {
    for (const request of this.#underWay.values()) this.#record(request, "failed", now);
    this.#underWay.clear();
    for (; this.#departed < this.total; this.#departed += 1) {
      this.#record(this.#departed, "failed", now);
    }
  }

  /** Latencies of the requests that are chosen by their number. */
  latencies(chosen: (request: number) => boolean): Float64Array {
    return this.#latencies.filter((_, request) => chosen(request));
  }

  #record(request: number, outcome: "answered" | "failed", now: number): void {
    if (outcome === "answered") this.#answered += 1;
    else this.#failed += 1;
    this.#latencies[request] = now - this.plannedAt(request);
  }
}
