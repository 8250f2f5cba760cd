/** From a `Response` to what an application answers. */
import { ApplicationError } from "../gateway/run-application.ts";
import { statusLine } from "../http/status.ts";
import type { ResponseBody, StartResponse } from "../wsgi/types.ts";
import { endToEndFields } from "./end-to-end-fields.ts";

/**
 * A body that is there as a whole is given as a whole, so that its length can be told.
 * @throws {ApplicationError} it is no Response, or that of a failed fetch
 */
export function answerWith(
  response: Response,
  startResponse: StartResponse,
  closed: AbortSignal | undefined,
): ResponseBody | Promise<ResponseBody> {
  // Not asked by its class: other implementations of Fetch have their own.
  if (typeof response?.status !== "number" || response.status === 0) {
    throw new ApplicationError("the fetch handler has answered no Response that could be sent");
  }
  const { status, statusText, body } = response;
  startResponse(
    statusText === "" ? statusLine(status) : `${status} ${statusText}`,
    endToEndFields(response.headers),
  );
  return body === null ? [] : wholeOrStreamed(body.getReader(), closed);
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function wholeOrStreamed(
  reader: Reader,
  closed: AbortSignal | undefined,
): Promise<ResponseBody> {
  const first = await reader.read();
  if (first.done) return [];
  const body = new StreamedBody(reader, first.value);
  if (await body.endsHere()) return [first.value];
  body.cancelWith(closed);
  return body;
}

/** Microtasks in which the stream of a string or a buffer tells that it has ended. */
const TURNS_TO_END = 4;

class StreamedBody implements AsyncIterable<Uint8Array> {
  readonly #reader: Reader;
  readonly #first: Uint8Array;
  readonly #second: ReturnType<Reader["read"]>;
  #closed: AbortSignal | undefined;
  #state: "open" | "ended" | "failed" = "open";

  constructor(reader: Reader, first: Uint8Array) {
    this.#reader = reader;
    this.#first = first;
    this.#second = this.#read();
  }

  /** Whether nothing follows, as far as that is known already. */
  async endsHere(): Promise<boolean> {
    for (let turn = 0; turn < TURNS_TO_END && this.#state === "open"; turn += 1) await undefined;
    return this.#state === "ended";
  }

  /** Who makes the body need not have more of it to hear that the client has left. */
  cancelWith(closed: AbortSignal | undefined): void {
    this.#closed = closed;
    if (closed?.aborted === true) this.#cancel();
    else closed?.addEventListener("abort", this.#cancel);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    yield this.#first;
    for (let next = await this.#second; !next.done; next = await this.#read()) yield next.value;
  }

  close(): void {
    this.#closed?.removeEventListener("abort", this.#cancel);
    this.#cancel();
  }

  readonly #cancel = (): void => {
    if (this.#state !== "open") return;
    // What its maker throws then, nobody waits for.
    this.#reader.cancel().catch(() => {});
  };

  #read(): ReturnType<Reader["read"]> {
    const reading = this.#reader.read();
    reading.then(
      ({ done }) => {
        if (done) this.#state = "ended";
      },
      () => {
        this.#state = "failed";
      },
    );
    return reading;
  }
}
