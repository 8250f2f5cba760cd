/** One HTTP/1.1 connection, server side, without a socket: bytes in, events out, and back. */
import { type BodyReader, ChunkedReader, ContentLengthReader } from "./body-readers.ts";
import { LocalProtocolError, RemoteProtocolError } from "./errors.ts";
import {
  type ClientEvent,
  CONNECTION_CLOSED,
  END_OF_MESSAGE,
  type Framing,
  type InformationalHead,
  type RequestHead,
  type ResponseHead,
} from "./events.ts";
import { NO_BODY, responseFraming, responseHasNoBody } from "./framing.ts";
import { HeadCheck } from "./head-check.ts";
import type { HttpLimits } from "./limits.ts";
import { ReceiveBuffer } from "./receive-buffer.ts";
import { parseRequestHead } from "./request-head.ts";
import { type ClientState, ConnectionStates, type ServerState } from "./states.ts";
import {
  type CommonFields,
  type ConnectionField,
  encodeChunk,
  encodeInformationalHead,
  encodeResponseHead,
  joinHeadAndBody,
  LAST_CHUNK,
} from "./writers.ts";

/** More bytes are needed before the next event is complete. */
export const NEED_DATA: unique symbol = Symbol("NEED_DATA");
/** Bytes are waiting, but the current response must finish first. */
export const PAUSED: unique symbol = Symbol("PAUSED");

const NOTHING: readonly Uint8Array[] = [];
/** A body that leaves with its head: nothing of it is left to be counted. */
const WHOLE: Framing = { kind: "content-length", length: 0 };

export class HttpConnection {
  readonly #limits: HttpLimits;
  readonly #states = new ConnectionStates();
  readonly #received = new ReceiveBuffer();
  readonly #headCheck: HeadCheck;
  #skippedEmptyLine = false;
  #clientEnded = false;
  #request: RequestHead | undefined;
  #bodyReader: BodyReader | undefined;
  #responseFraming: Framing = NO_BODY;
  #responseLeft = 0;

  constructor(limits: HttpLimits) {
    this.#limits = limits;
    this.#headCheck = new HeadCheck(limits);
  }

  get clientState(): ClientState {
    return this.#states.client;
  }

  get serverState(): ServerState {
    return this.#states.server;
  }

  /** Bytes that have come and were not read: later requests, or a body. */
  get unreadBytes(): number {
    return this.#received.length;
  }

  get keepAlive(): boolean {
    return this.#states.keepAlive;
  }

  /** Whether the response's framing has room for more; without a body it never has. */
  get takesMoreData(): boolean {
    switch (this.#responseFraming.kind) {
      case "none":
        return false;
      case "content-length":
        return this.#responseLeft > 0;
      default:
        return true;
    }
  }

  /** Whether the end of the connection is what ends the response's body. */
  get endsByClosing(): boolean {
    return this.#responseFraming.kind === "until-close";
  }

  /** Takes bytes from the client; `null` means the client has sent its last one. */
  receiveData(data: Uint8Array | null): void {
    if (data === null) this.#clientEnded = true;
    else this.#received.append(data);
  }

  /**
   * Reads one event out of the bytes received so far. A request without a body is one event: its
   * head; its end of message is implied by `framing`.
   * @throws {RemoteProtocolError} the client broke the protocol; `statusHint` says how to answer
   */
  nextEvent(): ClientEvent | typeof NEED_DATA | typeof PAUSED {
    switch (this.#states.client) {
      case "idle":
        return this.#nextRequest();
      case "send-body":
        return this.#nextOfBody();
      case "done":
        return this.#received.length > 0 ? PAUSED : this.#atEnd();
      case "must-close":
        // RFC 9112 §9.6: what follows a request that ends the connection is not read.
        this.#received.skip(this.#received.length);
        return this.#atEnd();
      default:
        return NEED_DATA;
    }
  }

  /** The bytes of a 1xx response. */
  sendInformational(head: InformationalHead): Buffer {
    this.#states.moveServer("informational-head");
    return Buffer.from(encodeInformationalHead(head), "latin1");
  }

  /** The bytes of a final response's head. */
  sendHead(head: ResponseHead, common: CommonFields): Buffer {
    const version = this.#request?.version ?? "HTTP/1.1";
    const framing = responseFraming(head, this.#method, version);
    return Buffer.from(this.#startResponse(head, framing, common), "latin1");
  }

  /**
   * The bytes of some data: as they are, as a chunk, or those that still fit the Content-Length;
   * an empty list where none may go out.
   */
  sendData(data: Uint8Array): readonly Uint8Array[] {
    this.#states.moveServer("data");
    if (data.length === 0) return NOTHING;
    switch (this.#responseFraming.kind) {
      case "none":
        return NOTHING;
      case "chunked":
        return [encodeChunk(data)];
      case "until-close":
        return [data];
      case "content-length":
        return this.#fit(data);
    }
  }

  /**
   * The bytes that end the response.
   * @throws {LocalProtocolError} bytes are missing to what Content-Length promised
   */
  sendEnd(): readonly Uint8Array[] {
    if (this.#responseFraming.kind === "content-length" && this.#responseLeft > 0) {
      throw new LocalProtocolError(
        `the body is ${this.#responseLeft} bytes shorter than its Content-Length`,
      );
    }
    this.#states.moveServer("end-of-message");
    return this.#responseFraming.kind === "chunked" ? [LAST_CHUNK] : NOTHING;
  }

  /**
   * Head and body of a response known as a whole, in one piece. A length that the application did
   * not give is added.
   * @throws {LocalProtocolError} the body is shorter than its Content-Length
   */
  sendWhole(
    head: ResponseHead,
    chunks: readonly Uint8Array[],
    size: number,
    common: CommonFields,
  ): Buffer {
    if (responseHasNoBody(head.statusCode, this.#method)) {
      const knowsLength = head.contentLength === undefined && this.#method === "HEAD" && size > 0;
      const text = this.#startResponse(head, NO_BODY, common, knowsLength ? size : undefined);
      this.#states.moveServer("end-of-message");
      return Buffer.from(text, "latin1");
    }
    const length = head.contentLength ?? size;
    if (size < length) {
      throw new LocalProtocolError(`the body has ${size} bytes, its Content-Length is ${length}`);
    }
    const added = head.contentLength === undefined ? size : undefined;
    const text = this.#startResponse(head, WHOLE, common, added);
    this.#states.moveServer("end-of-message");
    return joinHeadAndBody(text, chunks, length);
  }

  /** After this response the connection ends. */
  disableKeepAlive(): void {
    this.#states.disableKeepAlive();
  }

  /** Makes ready for the next request; allowed only when both sides are `done`. */
  startNextCycle(): void {
    this.#states.startNextCycle();
    this.#headCheck.startNextCycle();
    this.#skippedEmptyLine = false;
    this.#request = undefined;
    this.#bodyReader = undefined;
  }

  get #method(): string | undefined {
    return this.#request?.method;
  }

  #nextRequest(): RequestHead | typeof CONNECTION_CLOSED | typeof NEED_DATA {
    if (this.#received.first === 0x0d) this.#skipEmptyLine();
    const text = this.#received.takeHead();
    if (text === undefined) return this.#awaitHead();
    if (text.length > this.#limits.maxHeadBytes) {
      this.#fail(new RemoteProtocolError("the request head is too long", 431));
    }
    const head = this.#guard(() => parseRequestHead(text, this.#limits));
    this.#request = head;
    this.#states.moveClient("request-head");
    if (!head.keepAlive) this.#states.disableKeepAlive();
    if (head.framing.kind === "none") this.#states.moveClient("end-of-message");
    else this.#bodyReader = this.#guard(() => this.#readerFor(head.framing));
    return head;
  }

  /** RFC 9112 §2.2: one empty line before a request is what some old clients send. */
  #skipEmptyLine(): void {
    const two = this.#received.peekText(2);
    if (two === "\r") return;
    if (two !== "\r\n" || this.#skippedEmptyLine) {
      this.#fail(new RemoteProtocolError("empty lines where a request line belongs"));
    }
    this.#received.skip(2);
    this.#skippedEmptyLine = true;
  }

  #awaitHead(): typeof CONNECTION_CLOSED | typeof NEED_DATA {
    if (this.#received.length === 0) return this.#atEnd();
    this.#guard(() => this.#headCheck.check(this.#received));
    if (this.#clientEnded) this.#fail(new RemoteProtocolError("the request head is cut short"));
    return NEED_DATA;
  }

  #readerFor(framing: Framing): BodyReader {
    if (framing.kind !== "content-length") return new ChunkedReader(this.#limits);
    if (framing.length > this.#limits.maxBodyBytes) {
      throw new RemoteProtocolError("the request body is too large", 413);
    }
    return new ContentLengthReader(framing.length);
  }

  #nextOfBody(): ClientEvent | typeof NEED_DATA {
    const reader = this.#bodyReader;
    const reading = this.#guard(() => reader?.read(this.#received));
    if (reading === undefined) {
      if (this.#clientEnded) this.#fail(new RemoteProtocolError("the request body is cut short"));
      return NEED_DATA;
    }
    if (reading !== "end") return { type: "data", data: reading };
    this.#states.moveClient("end-of-message");
    return END_OF_MESSAGE;
  }

  #atEnd(): typeof CONNECTION_CLOSED | typeof NEED_DATA {
    if (!this.#clientEnded) return NEED_DATA;
    this.#states.moveClient("connection-closed");
    return CONNECTION_CLOSED;
  }

  #startResponse(
    head: ResponseHead,
    framing: Framing,
    common: CommonFields,
    addedLength?: number,
  ): string {
    if (framing.kind === "until-close") this.#states.disableKeepAlive();
    this.#states.moveServer("response-head");
    this.#responseFraming = framing;
    this.#responseLeft = framing.kind === "content-length" ? framing.length : 0;
    return encodeResponseHead(head, framing, this.#connectionField(), common, addedLength);
  }

  #connectionField(): ConnectionField {
    if (!this.#states.keepAlive) return "Connection: close\r\n";
    return this.#request?.version === "HTTP/1.0" ? "Connection: keep-alive\r\n" : "";
  }

  #fit(data: Uint8Array): readonly Uint8Array[] {
    const fitting = data.length > this.#responseLeft ? data.subarray(0, this.#responseLeft) : data;
    this.#responseLeft -= fitting.length;
    return fitting.length === 0 ? NOTHING : [fitting];
  }

  #guard<Result>(read: () => Result): Result {
    try {
      return read();
    } catch (error) {
      this.#states.failClient();
      throw error;
    }
  }

  #fail(error: RemoteProtocolError): never {
    this.#states.failClient();
    throw error;
  }
}
