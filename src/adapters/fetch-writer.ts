/** Makes a `Response` of what an application answers. */
import type { ResponseWriter } from "../gateway/response-writer.ts";
import { type BodyWriter, NO_MORE_DATA, unframedBody } from "../http/body-writer.ts";
import type { ResponseHead } from "../http/events.ts";
import { responseHasNoBody } from "../http/framing.ts";
import type { HeaderList } from "../wsgi/types.ts";
import { lengthToTell } from "./answer-length.ts";
import { PacedStream } from "./paced-stream.ts";

export interface ResponseTaker {
  resolve(response: Response): void;
  reject(error: unknown): void;
  /** Nobody reads the rest. */
  cancelled(): void;
}

export class FetchWriter implements ResponseWriter {
  /** Who reads a stream may keep what it was given. */
  readonly holdsBytes = true;
  readonly #method: string;
  readonly #taker: ResponseTaker;
  #body: BodyWriter = NO_MORE_DATA;
  #stream: PacedStream | undefined;
  #stage: "waiting" | "sending" | "ended" = "waiting";

  constructor(method: string, taker: ResponseTaker) {
    this.#method = method;
    this.#taker = taker;
  }

  get takesMoreData(): boolean {
    return this.#body.takesMoreData;
  }

  respond(head: ResponseHead, chunks: readonly Uint8Array[], size: number): undefined {
    const body = unframedBody(head, this.#method);
    const sent = chunks.flatMap((chunk) => body.write(chunk));
    // What is too short is refused while it can still be an error.
    body.end();
    const headers = head.headers.map(([name, value]): HeaderList[number] => [name, value]);
    const length = lengthToTell(head, size, this.#method);
    if (length !== undefined) headers.push(["Content-Length", String(length)]);
    this.#stage = "ended";
    const hasBody = !responseHasNoBody(head.statusCode, this.#method);
    const [first] = sent;
    const content = sent.length > 1 ? Buffer.concat(sent) : (first ?? "");
    this.#taker.resolve(makeResponse(hasBody ? content : null, head, headers));
  }

  writeHead(head: ResponseHead): void {
    this.#body = unframedBody(head, this.#method);
    this.#stage = "sending";
    const headers = head.headers.map(([name, value]): HeaderList[number] => [name, value]);
    if (!responseHasNoBody(head.statusCode, this.#method)) {
      this.#stream = new PacedStream(() => this.#taker.cancelled());
    }
    this.#taker.resolve(makeResponse(this.#stream?.readable ?? null, head, headers));
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    const [fitting] = this.#body.write(chunk);
    return fitting === undefined ? undefined : this.#stream?.write(fitting);
  }

  end(): void {
    this.#body.end();
    this.#stage = "ended";
    this.#stream?.end();
  }

  /** Nobody reads the rest. */
  abandon(): void {
    this.#stream?.abandon();
  }

  /** Whether somebody will see it; what fails behind the last byte is for the log. */
  fail(error: unknown): boolean {
    if (this.#stage === "waiting") this.#taker.reject(error);
    else if (this.#stage === "sending") this.#stream?.fail(error);
    return this.#stage !== "ended";
  }
}

function makeResponse(
  body: ReadableStream<Uint8Array> | Uint8Array | string | null,
  head: ResponseHead,
  headers: HeaderList,
): Response {
  return new Response(body, { status: head.statusCode, statusText: head.status.slice(4), headers });
}
