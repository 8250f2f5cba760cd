/** How many connections there are, in all and of each client, and whether one more may be served. */
import type { RefusalName } from "../http/refusals.ts";
import type { ConnectionLimits } from "./limits.ts";

/** Connections beyond the limit that are told so, as a share of it; more are closed without a word. */
const REFUSED_SHARE = 1 / 16;
const MIN_REFUSED = 16;

export class ConnectionCounter {
  readonly #limits: ConnectionLimits;
  readonly #ofAddress = new Map<string, number>();
  #total = 0;

  /** 0 in the limits stands for no limit. */
  constructor({ total, perAddress }: ConnectionLimits) {
    this.#limits = { total: total || Infinity, perAddress: perAddress || Infinity };
  }

  /** Whether there are more than can even be told that they are too many. */
  get isOverrun(): boolean {
    const { total } = this.#limits;
    return this.#total > total + Math.max(MIN_REFUSED, total * REFUSED_SHARE);
  }

  /** Counts a connection, refused or not; an address of undefined is counted with no other. */
  enter(address: string | undefined): RefusalName | undefined {
    const refusal = this.#refusalFor(address);
    this.#total += 1;
    if (address !== undefined) {
      this.#ofAddress.set(address, (this.#ofAddress.get(address) ?? 0) + 1);
    }
    return refusal;
  }

  leave(address: string | undefined): void {
    this.#total -= 1;
    if (address === undefined) return;
    const left = (this.#ofAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#ofAddress.delete(address);
    else this.#ofAddress.set(address, left);
  }

  #refusalFor(address: string | undefined): RefusalName | undefined {
    const ofThis = address === undefined ? 0 : (this.#ofAddress.get(address) ?? 0);
    if (ofThis >= this.#limits.perAddress) return "too-many-connections-of-one-client";
    return this.#total >= this.#limits.total ? "too-many-connections" : undefined;
  }
}
