/**
 * The environs of the last requests, to see whether the application keeps one.
 *
 * All references are weak: lint itself keeps no environ alive, nor what is in one.
 */
import { KEPT_REQUESTS, KEPT_RULES } from "./call-rules.ts";
import type { AnyEnviron } from "./environ-rules.ts";
import { shown } from "./evidence.ts";
import type { Exchange } from "./exchange.ts";

/** Collects what nothing refers to, at once. */
export type Collect = () => void;

/** Names and values in the order of the environ; objects are weakly referred to. */
interface Snapshot {
  readonly names: readonly string[];
  readonly values: readonly unknown[];
}

interface EndedRequest {
  readonly exchange: Exchange;
  readonly environ: WeakRef<AnyEnviron>;
  readonly snapshot: Snapshot;
}

/** A collection takes milliseconds, so that it is made for several environs at a time. */
const DUE_AT_A_TIME = 16;

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
    if (this.#collect === undefined || this.#due.length < DUE_AT_A_TIME) return;
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

/** Many of these run for each request: they take the order of names for granted. */
function changeSince({ names, values }: Snapshot, environ: AnyEnviron): string | undefined {
  const now = Object.keys(environ);
  for (const [index, name] of now.entries()) {
    if (names[index] !== name) {
      return names.includes(name) ? changed(names[index], "removed") : changed(name, "set");
    }
    const then = values[index];
    if ((then instanceof WeakRef ? then.deref() : then) !== environ[name]) {
      return changed(name, "changed");
    }
  }
  return now.length < names.length ? changed(names[now.length], "removed") : undefined;
}

function changed(name: string | undefined, how: "set" | "changed" | "removed"): string {
  return `environ[${shown(name)}] was ${how}`;
}

function snapshotOf(environ: AnyEnviron): Snapshot {
  return { names: Object.keys(environ), values: Object.values(environ).map(weakly) };
}

function weakly(value: unknown): unknown {
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  return isObject ? new WeakRef(value) : value;
}
