/** What clients do wrong, in the log: a line each, but no more lines than anyone could read. */
import type { RemoteProtocolError } from "../../http/errors.ts";
import type { ServerLog } from "./server-context.ts";

/** Lines in one second; what goes beyond is counted, so that no client can fill a disk with them. */
const MAX_LINES = 20;

const SECOND = 1000;

export class FaultLog {
  readonly #log: Pick<ServerLog, "warning">;
  #lines = 0;
  #secondBegan = 0;
  /** Refusals that were not told, by status. */
  readonly #untold = new Map<number, number>();

  constructor(log: Pick<ServerLog, "warning">) {
    this.#log = log;
  }

  /** One line; what the client sent is not repeated. `client` is its address. */
  refused(client: string | undefined, error: RemoteProtocolError): void {
    const { statusHint, message } = error;
    this.#lines += 1;
    if (this.#lines > MAX_LINES) {
      this.#untold.set(statusHint, (this.#untold.get(statusHint) ?? 0) + 1);
      return;
    }
    this.#log.warning(`Refused ${client ?? "a Unix socket"} with ${statusHint}: ${message}`);
  }

  /** Called a few times a second. */
  tick(now: number): void {
    if (now - this.#secondBegan < SECOND) return;
    this.#secondBegan = now;
    this.sumUp();
  }

  /** Says how many were not told; from here on lines are written again. */
  sumUp(): void {
    this.#lines = 0;
    if (this.#untold.size === 0) return;
    const sums = [...this.#untold].map(([status, count]) => `${count} with ${status}`);
    this.#untold.clear();
    this.#log.warning(`Refused more clients in this second: ${sums.join(", ")}`);
  }
}
