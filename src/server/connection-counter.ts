/** How many connections there are, in all and of each client, and whether one more may be served. */
import type { RefusalName } from "../http/refusals.ts";
import type { ConnectionLimits } from "./limits.ts";

/** Connections that are told that they are too many, as a share of the limit; more are just closed. */
const REFUSED_SHARE = 1 / 16;
const MIN_REFUSED = 16;

/** The files that clients may cause to be open. */
export interface FileLimit {
  readonly most: number;
  /** Those that are open beside connections. */
  readonly others: () => number;
}

/** What a connection has until its end; all of one client have the same. */
export interface Seat {
  leave(): void;
}

class Seats implements Seat {
  taken = 0;
  readonly leave: () => void;

  constructor(leave: () => void) {
    this.leave = leave;
  }
}

export class ConnectionCounter {
  readonly #limits: ConnectionLimits;
  readonly #files: FileLimit;
  readonly #ofAddress = new Map<string, Seats>();
  #served = 0;
  #refused = 0;
  readonly #anySeat: Seat = {
    leave: () => {
      this.#served -= 1;
    },
  };
  readonly #noSeat: Seat = {
    leave: () => {
      this.#refused -= 1;
    },
  };

  /** 0 in the limits stands for no limit. */
  constructor({ total, perAddress }: ConnectionLimits, files: FileLimit) {
    this.#limits = { total: total || Infinity, perAddress: perAddress || Infinity };
    this.#files = files;
  }

  /** How many there may be, whoever they are. */
  get most(): number {
    return Math.min(this.#limits.total, this.#files.most);
  }

  /** Whether so many are being refused that the next one is not even told. */
  get isOverrun(): boolean {
    return this.#refused >= Math.max(MIN_REFUSED, this.most * REFUSED_SHARE);
  }

  /** Why one more from this address cannot be served; undefined if it can. */
  refusalFor(address: string | undefined): RefusalName | undefined {
    const ofThis = address === undefined ? 0 : (this.#ofAddress.get(address)?.taken ?? 0);
    if (ofThis >= this.#limits.perAddress) return "too-many-connections-of-one-client";
    const { most, others } = this.#files;
    const isFull = this.#served >= this.#limits.total || this.#served + others() >= most;
    return isFull ? "too-many-connections" : undefined;
  }

  /** One is served; an address of undefined is counted with no other. */
  serve(address: string | undefined): Seat {
    this.#served += 1;
    if (address === undefined) return this.#anySeat;
    const seats = this.#ofAddress.get(address) ?? new Seats(() => this.#leave(address));
    seats.taken += 1;
    this.#ofAddress.set(address, seats);
    return seats;
  }

  /** One is told that it is too many, and takes nobody's place. */
  refuse(): Seat {
    this.#refused += 1;
    return this.#noSeat;
  }

  #leave(address: string): void {
    this.#served -= 1;
    const seats = this.#ofAddress.get(address);
    if (seats === undefined) return;
    seats.taken -= 1;
    if (seats.taken === 0) this.#ofAddress.delete(address);
  }
}
