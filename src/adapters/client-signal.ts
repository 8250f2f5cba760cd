/**
 * Tells one request that its client has left. `portico.closed` is of a connection, which has many requests one
 * after the other: what each adds to it would stay, and be told of a client that has long been answered.
 */
export class ClientSignal {
  readonly #closed: AbortSignal | undefined;
  #controller: AbortController | undefined;
  #isOver = false;

  constructor(closed: AbortSignal | undefined) {
    this.#closed = closed;
  }

  /** Made when it is asked for, which few handlers do. */
  get signal(): AbortSignal {
    this.#controller ??= this.#listen();
    return this.#controller.signal;
  }

  /** The request is answered: nobody leaves any more. */
  release(): void {
    this.#isOver = true;
    this.#closed?.removeEventListener("abort", this.#abort);
  }

  #listen(): AbortController {
    const controller = new AbortController();
    if (this.#closed?.aborted === true) controller.abort(this.#closed.reason);
    else if (!this.#isOver) this.#closed?.addEventListener("abort", this.#abort);
    return controller;
  }

  readonly #abort = (): void => {
    this.#controller?.abort(this.#closed?.reason);
  };
}
