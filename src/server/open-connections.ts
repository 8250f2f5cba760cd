/** The connections of a server: what is asked of all of them, or of those that it can do without. */
import { setTimeout as later, setImmediate as turn } from "node:timers/promises";
import { buffers } from "../buffers/buffers.ts";
import type { ServedConnection } from "../frontends/http1/serve-http1.ts";
import type { Seat } from "./connection-counter.ts";
import { MAY_BE_SHED_AFTER } from "./limits.ts";

/** How long a request may be under way to a connection that is let go, in milliseconds. */
const UNDER_WAY = 20;

export class OpenConnections implements Iterable<ServedConnection> {
  readonly #connections = new Map<ServedConnection, Seat>();
  /** Bytes in memory that wait for clients, as they were when last looked at. */
  #heldBytes = 0;

  get size(): number {
    return this.#connections.size;
  }

  [Symbol.iterator](): Iterator<ServedConnection> {
    return this.#connections.keys();
  }

  add(connection: ServedConnection, seat: Seat): void {
    this.#connections.set(connection, seat);
  }

  /** It has ended. */
  delete(connection: ServedConnection): void {
    this.#connections.get(connection)?.leave();
    this.#connections.delete(connection);
  }

  /** Makes room: the oldest connection on which nothing happens ends. */
  endOneIdle(): boolean {
    for (const connection of this.#connections.keys()) {
      if (!connection.isIdle) continue;
      connection.destroy();
      this.delete(connection);
      return true;
    }
    return false;
  }

  /** Each ends after the answer to what was asked on it; resolves when nothing more can be asked. */
  async letGo(): Promise<void> {
    for (const connection of this.#connections.keys()) connection.answerOne();
    const idle = [...this.#connections.keys()].filter(({ isIdle }) => isIdle);
    if (idle.length === 0) return;
    await later(UNDER_WAY);
    // What has come by now is read before the event loop gets there.
    await turn();
    for (const connection of idle) if (connection.isIdle) connection.destroy();
  }

  /** Ends what has taken too long, and what holds memory that others need. */
  checkDeadlines(now: number): void {
    const { limit, used } = buffers.memory;
    // Who moves on is looked at closely as soon as somebody may have to leave.
    const isTight = this.#heldBytes > limit / 2;
    this.#heldBytes = used;
    for (const connection of this.#connections.keys()) {
      connection.checkDeadline(now);
      if (isTight) connection.noteProgress();
      this.#heldBytes += connection.waitingBytes;
    }
    if (this.#heldBytes > limit) this.#shed(this.#heldBytes - limit, now - MAY_BE_SHED_AFTER);
  }

  /** Lets go of so many bytes: those first whose clients have not moved on for longest, since `stale` at least. */
  #shed(bytes: number, stale: number): void {
    const holding = [...this.#connections.keys()]
      .filter((connection) => connection.heldBytes > 0)
      .map((connection) => ({ connection, movedAt: connection.noteProgress() }))
      .filter(({ movedAt }) => movedAt <= stale);
    let left = bytes;
    for (const { connection } of holding.sort((one, other) => one.movedAt - other.movedAt)) {
      if (left <= 0) return;
      left -= connection.heldBytes;
      connection.shed();
    }
  }
}
