/** From a `Response` to what an application answers. */
import { ApplicationError } from "../gateway/run-application.ts";
import { statusLine } from "../http/status.ts";
import type { ResponseBody, StartResponse } from "../wsgi/types.ts";
import type { ClientSignal } from "./client-signal.ts";
import { endToEndFields } from "./end-to-end-fields.ts";

/**
 * A body that is there as a whole is given as a whole, so that its length can be told.
 * @throws {ApplicationError} it is no Response, or that of a failed fetch
 */
export function answerWith(
  response: Response,
  startResponse: StartResponse,
  client: ClientSignal,
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
  if (body !== null) return wholeOrStreamed(body.getReader(), client);
  client.release();
  return [];
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function wholeOrStreamed(reader: Reader, client: ClientSignal): Promise<ResponseBody> {
  const body = new StreamedBody(reader);
  const whole = await body.whole();
  if (whole === undefined) body.cancelWith(client);
  else client.release();
  return whole ?? body;
}

/** Microtasks in which the stream of a string or a buffer gives all of it, and ends. */
const TURNS_TO_END = 12;

class StreamedBody implements AsyncIterable<Uint8Array> {
  readonly #reader: Reader;
  readonly #first: ReturnType<Reader["read"]>;
  /** What the first has brought. */
  #piece: Uint8Array | undefined;
  #second: ReturnType<Reader["read"]> | undefined;
  #client: ClientSignal | undefined;
  #state: "open" | "ended" | "failed" = "open";

  constructor(reader: Reader) {
    this.#reader = reader;
    this.#first = this.#read((piece) => {
      this.#piece = piece;
      this.#second = this.#read();
    });
  }

  /** All of it, where that is no more than one piece, and here already. */
  async whole(): Promise<Uint8Array[] | undefined> {
    for (let turn = 0; turn < TURNS_TO_END && this.#state === "open"; turn += 1) await undefined;
    if (this.#state !== "ended") return undefined;
    return this.#piece === undefined ? [] : [this.#piece];
  }

  /** Who makes the body need not have more of it to hear that the client has left. */
  cancelWith(client: ClientSignal): void {
    this.#client = client;
    if (client.signal.aborted) this.#cancel();
    else client.signal.addEventListener("abort", this.#cancel);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    let next = await this.#first;
    while (!next.done) {
      yield next.value;
      next = await this.#readOn();
    }
  }

  close(): void {
    this.#client?.release();
    this.#cancel();
  }

  readonly #cancel = (): void => {
    if (this.#state !== "open") return;
    // What its maker throws then, nobody waits for.
    this.#reader.cancel().catch(() => {});
  };

  /** The second was asked for when the first had come. */
  #readOn(): ReturnType<Reader["read"]> {
    const second = this.#second;
    this.#second = undefined;
    return second ?? this.#read();
  }

  #read(come?: (piece: Uint8Array) => void): ReturnType<Reader["read"]> {
    const reading = this.#reader.read();
    reading.then(
      ({ done, value }) => {
        if (done) this.#state = "ended";
        else come?.(value);
      },
      () => {
        this.#state = "failed";
      },
    );
    return reading;
  }
}
