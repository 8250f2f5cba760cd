/** What clients do wrong, in the log: a line each, but no more lines than anyone could read. */
import type { RemoteProtocolError } from "../../http/errors.ts";
import type { LogSubject } from "../../log/log-subject.ts";
import type { ServerLog } from "./server-context.ts";

/** Lines in one second; what goes beyond is counted, so that no client can fill a disk with them. */
const MAX_LINES = 20;

const SECOND = 1000;

export class FaultLog {
  readonly #log: Pick<ServerLog, "warning">;
  #lines = 0;
  #secondBegan = 0;
  /** What was not told, by its kind. */
  readonly #untold = new Map<string, number>();

  constructor(log: Pick<ServerLog, "warning">) {
    this.#log = log;
  }

  /** One line; what the client sent is not repeated. `client` is its address. */
  refused(client: string | undefined, { statusHint, message }: RemoteProtocolError): void {
    this.#tell(`with ${statusHint}`, `Refused ${who(client)} with ${statusHint}: ${message}`);
  }

  /** The answer to it had begun, and ends so that nobody takes it for whole. */
  cut(client: string | undefined, why: string): void {
    this.#tell("cut off", `Cut off ${who(client)}: ${why}`);
  }

  /** A request that there was no room for, where clients decide how many of them there are. */
  overloaded(line: string, about: LogSubject | undefined): void {
    this.#tell("with 503", line, about);
  }

  #tell(kind: string, line: string, about?: LogSubject): void {
    this.#lines += 1;
    if (this.#lines <= MAX_LINES) this.#log.warning(line, about);
    else this.#untold.set(kind, (this.#untold.get(kind) ?? 0) + 1);
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
    const sums = [...this.#untold].map(([kind, count]) => `${count} ${kind}`);
    this.#untold.clear();
    this.#log.warning(`Refused more clients in this second: ${sums.join(", ")}`);
  }
}

function who(client: string | undefined): string {
  return client ?? "a Unix socket";
}
