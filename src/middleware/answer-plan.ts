/**
 * Answers that a middleware sees as a whole before any of it is passed on: a head is held until the
 * application has returned its body. Nothing else of PEP 3333 changes by that: what is written or
 * iterated leaves at once, and who starts anew with `excInfo` replaces what was held.
 */
import { makeResponseHead } from "../http/response-head.ts";
import type {
  Application,
  Environ,
  Middleware,
  ResponseBody,
  StartResponse,
  Write,
} from "../wsgi/types.ts";
import { areFields, type Head } from "./change-head.ts";
import { isIterable, isWholeBody, madeOf, type Returned, whenReturned } from "./wrapped-body.ts";

export interface WholeAnswer extends Head {
  readonly body: ResponseBody;
}

/** What becomes of an answer whose head is held. */
export interface Plan {
  /**
   * Owns `body`, and gives what takes its place. `wasReplaced` tells whether the application has
   * meanwhile started anew, by a head that went on as it was.
   */
  readonly finish: (
    body: ResponseBody,
    wasReplaced: () => boolean,
  ) => WholeAnswer | Promise<WholeAnswer>;
  /** What becomes of bytes that are written before there is a body: the head goes ahead as it was, or they are dropped. */
  readonly written: "passed on" | "dropped";
}

/** Gets a head, which is its own to change; undefined passes the answer on as it is. */
export type Judge = (head: Head, environ: Environ) => Plan | undefined;

export function holdAnswers(judge: Judge): Middleware {
  return (application) => (environ, startResponse) =>
    new PlannedExchange(environ, startResponse, judge).run(application);
}

interface Held extends Head {
  readonly plan: Plan;
  readonly excInfo: Error | undefined;
}

class PlannedExchange {
  readonly #environ: Environ;
  readonly #startResponse: StartResponse;
  readonly #judge: Judge;
  #held: Held | undefined;
  /** Of the server, once it has a head. */
  #write: Write | undefined;
  #mayHold = true;
  #wasReplaced = false;

  constructor(environ: Environ, startResponse: StartResponse, judge: Judge) {
    this.#environ = environ;
    this.#startResponse = startResponse;
    this.#judge = judge;
  }

  run(application: Application): Returned {
    return whenReturned(
      () => application(this.#environ, this.#start),
      (body) => this.#returned(body),
    );
  }

  readonly #start: StartResponse = (status, headers, excInfo) => {
    if (excInfo === undefined) this.#release();
    this.#held = undefined;
    // To start twice is for the server to refuse, and now, as is what are no fields.
    const isTwice = excInfo === undefined && this.#write !== undefined;
    const plan =
      this.#mayHold && !isTwice && isLegal({ status, headers })
        ? this.#judge({ status, headers: headers.slice() }, this.#environ)
        : undefined;
    if (plan === undefined) this.#pass({ status, headers }, excInfo);
    else this.#held = { status, headers, plan, excInfo };
    return this.#writeNow;
  };

  /** Returns the server's own promise: nobody need wait for it. */
  readonly #writeNow: Write = (data) => {
    if (this.#held?.plan.written === "dropped") return Promise.resolve();
    this.#release();
    this.#mayHold = false;
    return this.#write?.(data) ?? Promise.resolve();
  };

  #pass({ status, headers }: Head, excInfo: Error | undefined): void {
    this.#wasReplaced = true;
    this.#write = this.#startResponse(status, headers, excInfo);
  }

  /** The head goes on as the application gave it. */
  #release(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#pass(held, held.excInfo);
  }

  #returned(body: ResponseBody): Returned {
    // What is no body is for the server to refuse.
    if (!isIterable(body)) this.#release();
    const held = this.#held;
    if (held !== undefined) return this.#finish(held, body);
    const isStarted = this.#write !== undefined || isWholeBody(body) || !isIterable(body);
    if (!isStarted) return madeOf(body, this.#lateItems(body));
    this.#mayHold = false;
    return body;
  }

  #finish({ plan, excInfo }: Held, body: ResponseBody): Returned {
    this.#held = undefined;
    this.#mayHold = false;
    this.#wasReplaced = false;
    const finished = plan.finish(body, () => this.#wasReplaced);
    const give = (answer: WholeAnswer): ResponseBody => this.#give(answer, excInfo);
    return finished instanceof Promise ? finished.then(give) : give(finished);
  }

  #give({ status, headers, body }: WholeAnswer, excInfo: Error | undefined): ResponseBody {
    try {
      this.#write = this.#startResponse(status, headers, excInfo);
      return body;
    } catch (error) {
      // A body whose answer did not start is nobody's to close but this one's.
      void body.close?.();
      throw error;
    }
  }

  /** Of who starts its response with its first item, as a generator does. */
  async *#lateItems(body: ResponseBody): AsyncGenerator<Uint8Array> {
    const items = itemsOf(body);
    let item = await items.next();
    // Empty items may come before the head, and go on at once.
    while (item.done !== true && this.#held === undefined && this.#write === undefined) {
      yield item.value;
      item = await items.next();
    }
    const rest = restOf(item, items);
    const held = this.#held;
    this.#mayHold = false;
    const made = held === undefined ? rest : await this.#finish(held, madeOf([], rest));
    try {
      yield* made;
    } finally {
      if ("close" in made) await made.close?.();
    }
  }
}

function isLegal({ status, headers }: Head): boolean {
  if (!areFields(headers)) return false;
  try {
    makeResponseHead(status, headers);
    return true;
  } catch {
    // The server says the same to the application, which may then answer otherwise.
    return false;
  }
}

async function* itemsOf(body: ResponseBody): AsyncGenerator<Uint8Array> {
  yield* body;
}

async function* restOf(
  first: IteratorResult<Uint8Array>,
  items: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    for (let item = first; item.done !== true; item = await items.next()) yield item.value;
  } finally {
    await items.return(undefined);
  }
}
