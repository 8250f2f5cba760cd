/** Items that come when they come, as a body: it ends when the client has gone, and fills silences. */
import type { Environ } from "../wsgi/types.ts";

export interface LiveOptions<Item> {
  readonly encode: (item: Item) => string | Uint8Array;
  /** What goes out at once, so that the client sees that the answer has begun. */
  readonly prologue?: string;
  /** What goes out when nothing has for `every` milliseconds. */
  readonly heartbeat?: { readonly every: number; readonly text: string };
}

/** What a wait for the next item came to. */
type Turn<Item> = IteratorResult<Item, unknown> | "silence" | "gone";

export class LiveBody<Item> implements AsyncIterable<Uint8Array> {
  readonly #items: AsyncIterator<Item>;
  readonly #options: LiveOptions<Item>;
  readonly #signal: AbortSignal | undefined;
  #isAsked = false;
  #isClosed = false;
  #answer: IteratorResult<Item, unknown> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(items: AsyncIterable<Item>, environ: Environ, options: LiveOptions<Item>) {
    this.#items = items[Symbol.asyncIterator]();
    this.#signal = environ["portico.closed"];
    this.#options = options;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const { prologue, heartbeat, encode } = this.#options;
    if (prologue !== undefined) yield Buffer.from(prologue);
    for (;;) {
      const turn = await this.#next();
      if (turn === "gone") return;
      if (turn === "silence") {
        yield Buffer.from(heartbeat?.text ?? "");
        continue;
      }
      if (turn.done === true) return;
      const chunk = encode(turn.value);
      yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#wake?.();
    const returned = this.#items.return?.();
    if (!this.#isAsked) {
      await returned;
      return;
    }
    // A generator that still waits for its next item returns when that has come, if ever.
    returned?.catch(() => this.#failure);
  }

  async #next(): Promise<Turn<Item>> {
    this.#ask();
    if (this.#answer === undefined && this.#failure === undefined) await this.#wait();
    if (this.#failure !== undefined) throw this.#failure.error;
    const answer = this.#answer;
    if (answer === undefined) return this.#isGone ? "gone" : "silence";
    this.#answer = undefined;
    return answer;
  }

  get #isGone(): boolean {
    return this.#isClosed || this.#signal?.aborted === true;
  }

  #ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    const settled = (settle: () => void): void => {
      this.#isAsked = false;
      settle();
      this.#wake?.();
    };
    this.#items.next().then(
      (answer) => settled(() => (this.#answer = answer)),
      (error) => settled(() => (this.#failure = { error })),
    );
  }

  /** Until an item has come, the client has gone, or it has been silent for long enough. */
  async #wait(): Promise<void> {
    if (this.#isGone) return;
    const { promise, resolve } = waited();
    const every = this.#options.heartbeat?.every;
    const timer = every === undefined ? undefined : setTimeout(resolve, every);
    this.#wake = resolve;
    this.#signal?.addEventListener("abort", resolve);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#wake = undefined;
      this.#signal?.removeEventListener("abort", resolve);
    }
  }
}

function waited(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
