/**
 * The server half of PEP 3333: calls an application and writes what it answers.
 *
 * The short way, for a complete answer, is synchronous; both ways keep the same contract.
 */
import { LendingBody } from "../buffers/lent-pieces.ts";
import type { ResponseHead } from "../http/events.ts";
import { makeResponseHead } from "../http/response-head.ts";
import { Later } from "../wsgi/later.ts";
import type {
  Application,
  Environ,
  HeaderList,
  NativeString,
  ResponseBody,
  Write,
} from "../wsgi/types.ts";
import type { ResponseWriter } from "./response-writer.ts";

/** The application broke the contract; the message says how. */
export class ApplicationError extends Error {
  override readonly name: string = "ApplicationError";
}

/**
 * Undefined when all is done on return, otherwise a promise of it.
 * @throws whatever the application throws, and {@link ApplicationError}
 */
export function runApplication(
  application: Application,
  environ: Environ,
  writer: ResponseWriter,
): Promise<void> | undefined {
  const response = new StartedResponse(writer);
  const body = application(environ, response.start);
  if (body instanceof Later) return deliverLater(body, response);
  if (body instanceof Promise) return body.then((settled) => deliver(settled, response));
  return deliver(body, response);
}

function deliverLater(body: Later<ResponseBody>, response: StartedResponse): Later<void> {
  const delivered = new Later<void>();
  const failed = (error: unknown): void => delivered.reject(error);
  body.tell((settled) => {
    try {
      const delivering = deliver(settled, response);
      if (delivering === undefined) delivered.resolve();
      else delivering.then(() => delivered.resolve(), failed);
    } catch (error) {
      failed(error);
    }
  }, failed);
  return delivered;
}

function deliver(body: ResponseBody, response: StartedResponse): Promise<void> | undefined {
  if (Array.isArray(body) && !("close" in body) && !response.headSent) {
    // Not awaited in any frame that knows `body`: its memory is let go while a client reads slowly.
    return response.respond(body);
  }
  return stream(body, response);
}

async function stream(body: ResponseBody, response: StartedResponse): Promise<void> {
  try {
    if (isIterable(body)) await streamItems(body, response);
    else if (body instanceof LendingBody) await streamLent(body, response);
    else await streamAsyncItems(body, response);
    response.end();
  } finally {
    await body?.close?.();
  }
}

async function streamItems(body: Iterable<Uint8Array>, response: StartedResponse): Promise<void> {
  for (const chunk of body) {
    const ready = response.send(chunk);
    if (ready !== undefined) await ready;
    if (response.isComplete) return;
  }
}

async function streamLent(body: LendingBody, response: StartedResponse): Promise<void> {
  for await (const { bytes, giveBack } of body.lend()) {
    const ready = response.send(bytes);
    if (ready !== undefined) await ready;
    if (!response.holdsBytes) giveBack();
    if (response.isComplete) return;
  }
}

async function streamAsyncItems(
  body: AsyncIterable<Uint8Array>,
  response: StartedResponse,
): Promise<void> {
  if (body === null || typeof body !== "object" || !(Symbol.asyncIterator in body)) {
    throw new ApplicationError(
      `the application returned ${describe(body)} where an iterable of bytes belongs`,
    );
  }
  for await (const chunk of body) {
    const ready = response.send(chunk);
    if (ready !== undefined) await ready;
    if (response.isComplete) return;
  }
}

/** @throws {ApplicationError} the headers are no list, whatever their type says */
export function mustBeList(headers: HeaderList): void {
  if (Array.isArray(headers)) return;
  throw new ApplicationError(`the headers are ${describe(headers)}, not a list of pairs`);
}

function isIterable(body: unknown): body is Iterable<Uint8Array> {
  return typeof body === "object" && body !== null && Symbol.iterator in body;
}

function describe(value: unknown): string {
  return value === null ? "null" : typeof value;
}

/** What `start_response` remembers between the call and the last byte. */
class StartedResponse {
  readonly #writer: ResponseWriter;
  #wasCalled = false;
  #head: ResponseHead | undefined;
  #stage: "waiting" | "sending" | "ended" = "waiting";
  /** Of a `write` that the application may not have waited for. */
  #failure: Error | undefined;

  constructor(writer: ResponseWriter) {
    this.#writer = writer;
  }

  readonly start = (status: NativeString, headers: HeaderList, excInfo?: Error): Write => {
    if (this.#writer.isTakenOver === true) return this.write;
    if (this.#stage !== "waiting") {
      throw excInfo ?? new ApplicationError("start_response called after the response began");
    }
    if (this.#wasCalled && !excInfo) {
      throw new ApplicationError("start_response called twice without exc_info");
    }
    this.#wasCalled = true;
    // What is refused below leaves no earlier head to answer with.
    this.#head = undefined;
    mustBeList(headers);
    this.#head = makeResponseHead(status, headers);
    return this.write;
  };

  readonly write = (chunk: Uint8Array): Promise<void> => {
    const written = this.#write(chunk);
    // An application need not wait for it; `#failure` then fails the request.
    written.catch(() => this.#failure);
    return written;
  };

  get headSent(): boolean {
    return this.#stage !== "waiting";
  }

  /** Whether no byte of the body has a place any more. */
  get isComplete(): boolean {
    return this.#stage === "ended" || (this.#stage === "sending" && !this.#writer.takesMoreData);
  }

  get holdsBytes(): boolean {
    return this.#writer.holdsBytes;
  }

  respond(chunks: readonly Uint8Array[]): Promise<void> | undefined {
    if (this.#writer.isTakenOver === true) return undefined;
    this.#mustNotHaveFailed();
    let size = 0;
    for (const chunk of chunks) size += checkedChunk(chunk).length;
    const head = this.#begin();
    this.#stage = "ended";
    return this.#writer.respond(head, chunks, size);
  }

  /** Empty chunks send nothing, not even the head (PEP 3333, "The start_response() Callable"). */
  send(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#writer.isTakenOver === true) return undefined;
    if (checkedChunk(chunk).length === 0) return undefined;
    if (this.#stage === "ended") throw new ApplicationError("body written after its end");
    if (this.#stage === "waiting") this.#writer.writeHead(this.#begin());
    return this.#writer.write(chunk);
  }

  end(): void {
    if (this.#writer.isTakenOver === true) return;
    if (this.#stage === "waiting") {
      // Nothing that would have to be waited for.
      void this.respond([]);
      return;
    }
    this.#mustNotHaveFailed();
    this.#stage = "ended";
    this.#writer.end();
  }

  async #write(chunk: Uint8Array): Promise<void> {
    try {
      await this.send(chunk);
    } catch (error) {
      this.#failure ??= error instanceof Error ? error : new ApplicationError(String(error));
      throw error;
    }
  }

  #mustNotHaveFailed(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #begin(): ResponseHead {
    if (this.#head === undefined) {
      throw new ApplicationError(
        this.#wasCalled
          ? "start_response was called, and refused what it was given"
          : "start_response was not called",
      );
    }
    this.#stage = "sending";
    return this.#head;
  }
}

function checkedChunk(chunk: Uint8Array): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw new ApplicationError(`the body has a ${typeof chunk} where bytes belong`);
}
