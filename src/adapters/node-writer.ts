/** Writes what an application answers to a `ServerResponse`. */
import type { ServerResponse } from "node:http";
import { ClientDisconnected, type ResponseWriter } from "../gateway/response-writer.ts";
import { type BodyWriter, NO_MORE_DATA, unframedBody } from "../http/body-writer.ts";
import type { ResponseHead } from "../http/events.ts";
import { lengthToTell } from "./answer-length.ts";

export class NodeWriter implements ResponseWriter {
  readonly #response: ServerResponse;
  readonly #method: string;
  readonly #beforeHead: (() => void) | undefined;
  #body: BodyWriter = NO_MORE_DATA;
  #wake: (() => void) | undefined;
  #isListening = false;

  /** `beforeHead` is called when there is an answer and nothing of it is written yet. */
  constructor(response: ServerResponse, method: string, beforeHead?: () => void) {
    this.#response = response;
    this.#method = method;
    this.#beforeHead = beforeHead;
  }

  get takesMoreData(): boolean {
    return this.#body.takesMoreData;
  }

  get holdsBytes(): boolean {
    return this.#response.writableLength > 0;
  }

  respond(head: ResponseHead, chunks: readonly Uint8Array[], size: number): undefined {
    const body = unframedBody(head, this.#method);
    const sent = chunks.flatMap((chunk) => body.write(chunk));
    // What is too short is refused while it can still be an error.
    body.end();
    this.#begin(head, lengthToTell(head, size, this.#method));
    const last = sent.pop();
    for (const chunk of sent) this.#response.write(chunk);
    this.#response.end(last);
  }

  writeHead(head: ResponseHead): void {
    this.#body = unframedBody(head, this.#method);
    this.#begin(head, undefined);
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#mustBeOpen();
    const [fitting] = this.#body.write(chunk);
    if (fitting === undefined || this.#response.write(fitting)) return undefined;
    return this.#drained();
  }

  end(): void {
    this.#body.end();
    this.#mustBeOpen();
    this.#response.end();
  }

  #begin(head: ResponseHead, length: number | undefined): void {
    this.#mustBeOpen();
    this.#beforeHead?.();
    const response = this.#response;
    const { statusCode, headers } = head;
    const reason = head.status.slice(4);
    const isUntouched =
      response.getHeaderNames().length === 0 && !Object.hasOwn(response, "writeHead");
    if (isUntouched) {
      // In their order, and as they are spelt.
      const fields = headers.flat();
      if (length !== undefined) fields.push("Content-Length", String(length));
      response.writeHead(statusCode, reason, fields);
      return;
    }
    setAmongOthers(response, headers);
    if (length !== undefined) response.setHeader("Content-Length", length);
    response.writeHead(statusCode, reason);
  }

  async #drained(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.#isListening) return;
      this.#isListening = true;
      this.#response.on("drain", this.#readOn);
      this.#response.on("close", this.#readOn);
    });
    this.#mustBeOpen();
  }

  readonly #readOn = (): void => {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  };

  /** Others may have ended it too, as middleware for timeouts do. */
  #mustBeOpen(): void {
    const { destroyed, writableEnded } = this.#response;
    if (destroyed || writableEnded) throw new ClientDisconnected();
  }
}

/** Of these, what others have said of the response is kept; a field of another name replaces theirs. */
const ADDED: ReadonlySet<string> = new Set(["set-cookie", "vary", "link"]);

function setAmongOthers(response: ServerResponse, headers: ResponseHead["headers"]): void {
  const names = new Set<string>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (names.has(lower) || ADDED.has(lower)) response.appendHeader(name, value);
    else response.setHeader(name, value);
    names.add(lower);
  }
}
