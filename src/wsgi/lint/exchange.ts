/**
 * One request as one lint sees it: what its two sides did so far, judged by the tables of rules.
 *
 * It holds neither the environ nor a body: whoever keeps it keeps nothing of the request alive.
 */
import { BYTES_RULES, END_RULES, type HeadFacts, ITEM_RULES, USE_RULES } from "./body-rules.ts";
import { STRETCH_RULES, THROWN_RULES } from "./call-rules.ts";
import { bounded } from "./evidence.ts";
import type { OnFinding } from "./finding.ts";
import { MIDDLEWARE_RULES } from "./middleware-rules.ts";
import type { RuleTable } from "./rule.ts";
import { TRAPPED_RULES } from "./start-response-rules.ts";

/** Findings of one request that are told; more say nothing new. */
const MAX_TOLD = 256;

/** Begins to measure; the function returned tells the milliseconds since. */
export type Stopwatch = () => () => number;

export interface ExchangeOptions {
  /** `GET /path` */
  readonly request: string;
  readonly onFinding: OnFinding;
  readonly stopwatch: Stopwatch | undefined;
  /** Is told of each exchange within this one. */
  readonly onInner: (() => void) | undefined;
  /** That of the middleware around this application, where a lint stands around that, too. */
  readonly outer: Exchange | undefined;
}

export class Exchange {
  readonly outer: Exchange | undefined;
  /** Those within this application, where it is a middleware. */
  readonly inner: Exchange[] = [];
  readonly #request: string;
  readonly #onInner: (() => void) | undefined;
  /** Whom a lint within tells that has nobody of its own to tell. */
  readonly onFinding: OnFinding;
  /** What has been told: each item of a long body may break the same rule. */
  readonly #told = new Set<string>();
  readonly #stopwatch: Stopwatch | undefined;
  /** Of the stretches of inner applications, which are theirs and not this one's. */
  #innerMilliseconds = 0;
  /** Calls into the application that have not come back, or whose promises are pending. */
  #running = 0;
  /** How far the response is. */
  stage: "called" | "iterated" | "over" = "called";
  wasStarted = false;
  /** Whether the application speaks another protocol on the connection. */
  isTakenOver = false;
  /** Of the response as it was last started. */
  head: HeadFacts | undefined;
  /** Whether start_response is being called, with exc_info. */
  isGivingExcInfo = false;
  /** Whether start_response threw although it was given exc_info: then the application has to throw. */
  mustThrow = false;
  /** What the server threw at the application, and the application may let pass. */
  readonly serversErrors: Set<unknown> = new Set();
  pendingWrites = 0;
  hasWritten = false;
  #bytes = 0;
  /** Items that were given to the server, and data written to it. */
  givenOut = 0;
  #items = 0;
  /** The items of a body that is a list. */
  readonly #listed = new WeakSet<Uint8Array>();
  /** What the outer application had given out when this one gave its last item. */
  #outerGivenOut = 0;
  #closes = 0;
  hasClose = false;

  constructor({ request, onFinding, stopwatch, onInner, outer }: ExchangeOptions) {
    this.#request = request;
    this.#onInner = onInner;
    this.onFinding = onFinding;
    this.#stopwatch = stopwatch;
    this.outer = outer;
    if (outer !== undefined) outer.#began(this);
  }

  #began(inner: Exchange): void {
    this.inner.push(inner);
    this.#onInner?.();
  }

  get isRunning(): boolean {
    return this.#running > 0;
  }

  /** Tells of each rule of the table that these facts break, once of the same. */
  judge<Facts>(rules: RuleTable<Facts>, facts: Facts): void {
    for (const [rule, { evidence }] of Object.entries(rules)) {
      const shows = evidence?.(facts);
      if (shows !== undefined) this.#tell(rule, bounded(shows));
    }
  }

  #tell(rule: string, evidence: string): void {
    const said = `${rule}: ${evidence}`;
    if (this.#told.has(said) || this.#told.size >= MAX_TOLD) return;
    this.#told.add(said);
    this.onFinding({ rule, evidence, request: this.#request });
  }

  /** Calls into the application; `of` says in the words of the rules what is called. */
  run<Result>(of: string, call: () => Result): Result {
    this.#running += 1;
    let result: Result;
    try {
      result = this.#measured(of, call);
    } catch (error) {
      this.#running -= 1;
      this.#threw(of, error);
      throw error;
    }
    if (!(result instanceof Promise)) {
      this.#running -= 1;
      return result;
    }
    // What it resolves to, or rejects with, is passed on as it is.
    return result.then(
      (value) => {
        this.#running -= 1;
        return value;
      },
      (error) => {
        this.#running -= 1;
        this.#threw(of, error);
        throw error;
      },
    ) as Result;
  }

  #measured<Result>(of: string, call: () => Result): Result {
    const stop = this.#stopwatch?.();
    if (stop === undefined) return call();
    this.#innerMilliseconds = 0;
    try {
      return call();
    } finally {
      const total = stop();
      this.judge(STRETCH_RULES, { of, milliseconds: total - this.#innerMilliseconds });
      if (this.outer !== undefined) this.outer.#innerMilliseconds += total;
    }
  }

  #threw(from: string, error: unknown): void {
    this.mustThrow = false;
    const isServers = this.serversErrors.has(error) || isFromServer(error);
    this.judge(THROWN_RULES, { from, error, isServers });
  }

  /** The application has returned a body: all of it, or what it is to be asked for. */
  returned(how: "whole" | "in parts"): void {
    this.#didNotThrow("returned");
    this.stage = how === "whole" ? "over" : "iterated";
  }

  #didNotThrow(did: string): void {
    if (this.mustThrow) this.judge(TRAPPED_RULES, { did });
    this.mustThrow = false;
  }

  /** The iterable is asked for an item. */
  next(): void {
    this.judge(USE_RULES, { event: "next", closes: this.#closes, hasClose: this.hasClose });
    if (this.outer === undefined) return;
    const itemsOutSince = this.outer.givenOut - this.#outerGivenOut;
    this.judge(MIDDLEWARE_RULES, { event: "next", itemsIn: this.#items, itemsOutSince });
  }

  /** The iterable gave an item. */
  gave(item: unknown): void {
    this.#didNotThrow("yielded an item");
    this.#judgeItem(item, this.#items === 0);
    this.#items += 1;
    this.givenOut += 1;
    this.#outerGivenOut = this.outer?.givenOut ?? 0;
  }

  /** The body is a list, which goes on as it is: its iteration cannot be seen, nor held back. */
  gaveList(items: readonly unknown[]): void {
    for (const [index, item] of items.entries()) {
      this.#judgeItem(item, index === 0);
      if (item instanceof Uint8Array) this.#listed.add(item);
    }
    this.ended(items.length === 0);
  }

  #judgeItem(item: unknown, isFirst: boolean): void {
    this.judge(ITEM_RULES, { kind: "item", item, isFirst, wasStarted: this.wasStarted });
    this.#tookBytes(item);
  }

  /** The body ended. */
  ended(isEmpty: boolean = this.#items === 0): void {
    this.#didNotThrow("ended");
    this.judge(ITEM_RULES, { kind: "end", isFirst: isEmpty, wasStarted: this.wasStarted });
    const { head, pendingWrites } = this;
    if (head !== undefined) {
      this.judge(END_RULES, { ...head, total: this.#bytes, pendingWrites });
    }
    this.stage = "over";
  }

  /** The application calls write(), of which the middleware's rules have a say, too. */
  wrote(data: unknown): void {
    this.judge(MIDDLEWARE_RULES, {
      event: "write",
      isInnerWriting: this.inner.some((inner) => inner.pendingWrites > 0),
      holdsItem: this.inner.some((inner) => inner.#holdsBack(data)),
    });
    this.givenOut += 1;
    this.#tookBytes(data);
  }

  /** Whether this is an item of its list, or nothing was given out for its last item. */
  #holdsBack(data: unknown): boolean {
    if (data instanceof Uint8Array && this.#listed.has(data)) return true;
    return this.#items > 0 && this.outer?.givenOut === this.#outerGivenOut;
  }

  #tookBytes(data: unknown): void {
    if (!(data instanceof Uint8Array)) return;
    this.#bytes += data.length;
    const { head } = this;
    if (head === undefined) return;
    this.judge(BYTES_RULES, { ...head, size: data.length, total: this.#bytes });
  }

  /** close() of the iterable is called. */
  closing(): void {
    this.#closes += 1;
    this.stage = "over";
    const facts = { event: "close", closes: this.#closes, hasClose: this.hasClose } as const;
    if (this.outer === undefined) this.judge(USE_RULES, facts);
    else this.judge(MIDDLEWARE_RULES, facts);
  }

  /** The iterable is no more, closed or not. */
  collected(): void {
    if (this.outer !== undefined) return;
    this.judge(USE_RULES, { event: "collected", closes: this.#closes, hasClose: this.hasClose });
  }

  /** The response is over, whichever way: what a middleware has not done by now, it never does. */
  over(): void {
    this.stage = "over";
    // An error holds on to what its frames knew.
    this.serversErrors.clear();
    for (const inner of this.inner.splice(0)) {
      const { hasClose } = inner;
      inner.judge(MIDDLEWARE_RULES, { event: "outer end", closes: inner.#closes, hasClose });
    }
  }
}

/** What runs an application of another process carries this mark on what it throws for that. */
function isFromServer(error: unknown): boolean {
  return error instanceof Error && "isFromServer" in error && error.isFromServer === true;
}
