/** The ResponseWriter of HTTP/1.1: the answers of one connection, one after the other. */
import type { Socket } from "node:net";
import { buffers } from "../../buffers/buffers.ts";
import { earlyHintsHead } from "../../gateway/early-hints.ts";
import { errorResponse } from "../../gateway/error-response.ts";
import { ClientDisconnected, type ResponseWriter } from "../../gateway/response-writer.ts";
import { ApplicationError } from "../../gateway/run-application.ts";
import type { HttpConnection } from "../../http/connection.ts";
import type { RequestHead, ResponseHead } from "../../http/events.ts";
import { responseHasNoBody } from "../../http/framing.ts";
import { makeInformationalHead, makeSwitchHead, switchedHead } from "../../http/response-head.ts";
import type { CommonFields } from "../../http/writers.ts";
import type { EarlyHints, HeaderList } from "../../wsgi/types.ts";
import { MAX_DRAINED_BYTES } from "./limits.ts";
import { WholeBody } from "./whole-body.ts";

/** A body up to this size leaves with its head in one write, whatever the limits are. */
const ONE_WRITE_BYTES = 65_536;

/**
 * Chunks that have no more than this on average are copied behind the head. A larger copy costs more
 * than a piece of its own: fresh memory, and a collector that runs for it (16 KB: twice the CPU time).
 */
const JOINED_BYTES = 4096;

const CONTINUE = makeInformationalHead("100 Continue", []);

/** Bytes that a client may leave unread before further hints to it are dropped. */
const MAX_UNREAD_HINT_BYTES = 65_536;

export class Http1Writer implements ResponseWriter {
  readonly #socket: Socket;
  readonly #http: HttpConnection;
  readonly #commonFields: () => CommonFields;
  #request: RequestHead | undefined;
  #canAnswer = true;
  #continued = false;
  #holdsHead = false;
  #wake: (() => void)[] = [];
  #bodyBytesGiven = 0;
  /** The head of the current response, once it is out. */
  response: ResponseHead | undefined;
  isTakenOver = false;
  bodyBytesSent = 0;
  /** Of the current request, where it has one. */
  requestId: string | undefined;

  constructor(socket: Socket, http: HttpConnection, commonFields: () => CommonFields) {
    this.#socket = socket;
    this.#http = http;
    this.#commonFields = commonFields;
  }

  get takesMoreData(): boolean {
    return this.#http.takesMoreData;
  }

  get holdsBytes(): boolean {
    return this.#socket.writableLength > 0;
  }

  /** What the application has given of its body, sent or not. */
  get bodyBytesGiven(): number {
    return this.#bodyBytesGiven;
  }

  /** What the application gave beyond its Content-Length. */
  get bodyBytesCut(): number {
    const cut = this.#bodyBytesGiven - this.bodyBytesSent;
    if (cut === 0 || this.response === undefined) return 0;
    return responseHasNoBody(this.response.statusCode, this.#request?.method) ? 0 : cut;
  }

  startRequest(request: RequestHead): void {
    this.#request = request;
    this.response = undefined;
    this.bodyBytesSent = 0;
    this.#bodyBytesGiven = 0;
    this.#continued = false;
  }

  /** A connection that waits for its next request keeps nothing of the one before. */
  endRequest(): void {
    this.#request = undefined;
    this.response = undefined;
  }

  respond(
    head: ResponseHead,
    chunks: readonly Uint8Array[],
    size: number,
  ): Promise<void> | undefined {
    this.#beforeHead();
    const hasBody = !responseHasNoBody(head.statusCode, this.#request?.method);
    const length = hasBody ? (head.contentLength ?? size) : 0;
    if (length > ONE_WRITE_BYTES && length > buffers.each) {
      this.#startBody(head, this.#http.sendHeadOfWhole(head, size, this.#addedFields()));
      return new WholeBody(this, chunks).send();
    }
    if (length > JOINED_BYTES * chunks.length) {
      this.response = head;
      this.#sendUnjoined(this.#http.sendHeadOfWhole(head, size, this.#addedFields()), chunks);
      return undefined;
    }
    const bytes = this.#http.sendWhole(head, chunks, size, this.#addedFields());
    this.response = head;
    this.bodyBytesSent = length;
    this.#bodyBytesGiven = size;
    this.#socket.write(bytes, "latin1");
    return undefined;
  }

  /** In one write, and without a copy that the collector would have to be told of. */
  #sendUnjoined(head: Buffer, chunks: readonly Uint8Array[]): void {
    this.#socket.cork();
    this.#socket.write(head);
    for (const chunk of chunks) this.#send(chunk);
    this.end();
    this.#socket.uncork();
  }

  writeHead(head: ResponseHead): void {
    this.#beforeHead();
    this.#startBody(head, this.#http.sendHead(head, this.#addedFields()));
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#mustBeOpen();
    const ready = this.#send(chunk);
    this.#letHeadGo();
    return ready ? undefined : this.#drained();
  }

  /** Whether the socket takes more at once. */
  #send(chunk: Uint8Array): boolean {
    const { size, ready } = this.#writeAll(this.#http.sendData(chunk));
    // A chunk's framing is no body, and what is cut off was not sent.
    this.bodyBytesSent += Math.min(size, chunk.length);
    this.#bodyBytesGiven += chunk.length;
    return ready;
  }

  end(): void {
    this.#mustBeOpen();
    for (const bytes of this.#http.sendEnd()) this.#socket.write(bytes);
  }

  #writeAll(pieces: readonly Uint8Array[]): { readonly size: number; readonly ready: boolean } {
    let size = 0;
    let ready = true;
    if (pieces.length > 1) this.#socket.cork();
    for (const bytes of pieces) {
      size += bytes.length;
      ready = this.#socket.write(bytes);
    }
    if (pieces.length > 1) this.#socket.uncork();
    return { size, ready };
  }

  /** What the server says beside the application. */
  #addedFields(): CommonFields {
    const common = this.#commonFields();
    if (this.requestId === undefined) return common;
    return { ...common, requestId: `X-Request-ID: ${this.requestId}\r\n` };
  }

  #startBody(head: ResponseHead, bytes: Buffer): void {
    this.response = head;
    // Head and first chunk leave together: the chunk follows before anything else happens.
    this.#holdsHead = true;
    this.#socket.cork();
    this.#socket.write(bytes);
  }

  /** The last moment to end keep-alive. */
  #beforeHead(): void {
    this.#mustBeOpen();
    if (this.bodyIsNotWorthReading) this.#http.disableKeepAlive();
  }

  #letHeadGo(): void {
    if (!this.#holdsHead) return;
    this.#holdsHead = false;
    this.#socket.uncork();
  }

  /** RFC 9110 §10.1.1: asks a client that waits for it to send the body, once; whether it did. */
  continueOnce(request: RequestHead): boolean {
    if (this.#continued || !request.expectsContinue) return false;
    if (this.#http.serverState !== "send-response") return false;
    this.#continued = true;
    this.#socket.write(this.#http.sendInformational(CONTINUE));
    return true;
  }

  /** Whether the client still holds its body back and may never send it. */
  get awaitsContinue(): boolean {
    return this.#request?.expectsContinue === true && !this.#continued;
  }

  /** Whether the rest of the request's body may never come, or is too long to be read and dropped. */
  get bodyIsNotWorthReading(): boolean {
    const request = this.#request;
    if (request === undefined || this.#http.clientState !== "send-body") return false;
    if (this.awaitsContinue) return true;
    return request.framing.kind === "content-length" && request.framing.length > MAX_DRAINED_BYTES;
  }

  /** The request's own: kept and called later, it never writes into the answer to another one. */
  readonly earlyHints =
    (request: RequestHead): EarlyHints =>
    (headers) =>
      this.#sendEarlyHints(request, headers);

  #sendEarlyHints(request: RequestHead, headers: HeaderList): void {
    const head = earlyHintsHead(headers);
    const socket = this.#socket;
    if (!this.#canAnswer || socket.destroyed) return;
    if (request !== this.#request || this.#http.serverState !== "send-response") {
      throw new ApplicationError("wsgi.early_hints called after the response began");
    }
    // RFC 9110 §15.2: no 1xx response to an HTTP/1.0 client.
    if (request.version === "HTTP/1.0" || socket.writableLength > MAX_UNREAD_HINT_BYTES) return;
    socket.write(this.#http.sendInformational(head));
    if (socket.writableCorked === 0) return;
    // Answers to pipelined requests may wait for one another, but a hint that waits is of no use.
    socket.uncork();
    socket.cork();
  }

  /**
   * Leaves HTTP, with these fields in a 101 response, or without a word.
   * @throws {ApplicationError} the request is answered, or the connection taken over
   * @throws {LocalProtocolError} as `makeSwitchHead`
   */
  switchProtocol(request: RequestHead, headers: HeaderList | undefined): void {
    this.#mustBeOpen();
    const { clientState, serverState } = this.#http;
    if (request !== this.#request || serverState !== "send-response") {
      throw new ApplicationError("portico.upgrade called after the response began, or twice");
    }
    // It has sent its last byte already.
    if (clientState === "closed") throw new ClientDisconnected();
    const asked = request.upgrade ?? "";
    const head = headers === undefined ? switchedHead([]) : makeSwitchHead(headers, asked);
    const bytes = this.#http.sendSwitch(head);
    if (headers !== undefined) this.#socket.write(bytes);
    this.response = head;
    this.isTakenOver = true;
  }

  respondError(statusCode: number, retryAfter?: number): void {
    const { head, body } = errorResponse(statusCode, retryAfter);
    // Shorter than what would have to be waited for.
    void this.respond(head, [body], body.length);
  }

  /** Nothing that still comes for this request has a place. */
  abandon(): void {
    this.#canAnswer = false;
    this.wakeWaiting();
  }

  /** Lets those go on who wait for the client to read; they find out by themselves if it is gone. */
  wakeWaiting(): void {
    const waiting = this.#wake;
    if (waiting.length === 0) return;
    this.#wake = [];
    for (const wake of waiting) wake();
  }

  async #drained(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake.push(resolve);
    });
    this.#mustBeOpen();
  }

  #mustBeOpen(): void {
    if (!this.#canAnswer || this.#socket.destroyed) throw new ClientDisconnected();
  }
}
