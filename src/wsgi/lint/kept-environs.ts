/**
 * The environs of the last requests, to see whether the application keeps one.
 *
 * All references are weak: lint itself keeps no environ alive, nor what is in one.
 */
import { KEPT_REQUESTS, KEPT_RULES } from "./call-rules.ts";
import type { AnyEnviron } from "./environ-rules.ts";
import type { Exchange } from "./exchange.ts";

/** Collects what nothing refers to, at once. */
export type Collect = () => void;

type Snapshot = ReadonlyMap<string, unknown>;

interface EndedRequest {
  readonly exchange: Exchange;
  readonly environ: WeakRef<AnyEnviron>;
  readonly snapshot: Snapshot;
}

export class KeptEnvirons {
  readonly #collect: Collect | undefined;
  #ended: EndedRequest[] = [];
  /** Old enough that nothing should refer to their environs. */
  #due: EndedRequest[] = [];
  /** Of an object that nothing else refers to, made when a request ended. */
  #turn: WeakRef<object> | undefined;

  /** Without `collect` nobody can tell what is still referred to, and nothing is said of it. */
  constructor(collect: Collect | undefined) {
    this.#collect = collect;
  }

  /** A request is over; what became of those before it is looked at. */
  add(environ: WeakRef<AnyEnviron>, exchange: Exchange): void {
    this.#judgeDue();
    this.#ended = this.#ended.filter((ended) => !foundChanged(ended));
    const values = environ.deref();
    if (values === undefined) return;
    this.#ended.push({ exchange, environ, snapshot: snapshotOf(values) });
    const oldest = this.#ended.length > KEPT_REQUESTS ? this.#ended.shift() : undefined;
    if (oldest !== undefined && this.#collect !== undefined) this.#due.push(oldest);
  }

  #judgeDue(): void {
    if (this.#collect === undefined || this.#due.length === 0) return;
    this.#collect();
    // What deref() gave stays alive until the turn of the event loop ends. Only where the object of
    // an earlier end is gone, this is another turn, and what is alive is so for a reason.
    if (this.#turn !== undefined && this.#turn.deref() === undefined) {
      for (const { environ, exchange } of this.#due.splice(0)) {
        const isAlive = environ.deref() !== undefined;
        exchange.judge(KEPT_RULES, { change: undefined, isAlive });
      }
    }
    this.#turn = new WeakRef({});
  }
}

/** Tells of it, once. */
function foundChanged({ environ, snapshot, exchange }: EndedRequest): boolean {
  const values = environ.deref();
  const change = values && changeSince(snapshot, values);
  if (change === undefined) return false;
  exchange.judge(KEPT_RULES, { change, isAlive: true });
  return true;
}

function changeSince(snapshot: Snapshot, values: AnyEnviron): string | undefined {
  for (const [name, value] of Object.entries(values)) {
    const of = `environ[${JSON.stringify(name)}]`;
    if (!snapshot.has(name)) return `${of} was set`;
    const then = snapshot.get(name);
    if ((then instanceof WeakRef ? then.deref() : then) !== value) return `${of} was changed`;
  }
  const removed = [...snapshot.keys()].find((name) => !(name in values));
  return removed === undefined ? undefined : `environ[${JSON.stringify(removed)}] was removed`;
}

function snapshotOf(values: AnyEnviron): Snapshot {
  return new Map(Object.entries(values).map(([name, value]) => [name, weakly(value)]));
}

function weakly(value: unknown): unknown {
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  return isObject ? new WeakRef(value) : value;
}
