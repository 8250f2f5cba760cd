/** One HTTP/1.1 connection, server side, without a socket: bytes in, events out, and back. */
import { type BodyReader, ChunkedReader, ContentLengthReader } from "./body-readers.ts";
import { BodyWriter, NO_MORE_DATA } from "./body-writer.ts";
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
import type { HeaderMap } from "./fields.ts";
import { NO_BODY, responseFraming, responseHasNoBody, WHOLE } from "./framing.ts";
import type { HttpLimits } from "./limits.ts";
import { type ProxyHeader, type ProxyMode, readProxyHeader } from "./proxy-protocol.ts";
import { ReceiveBuffer } from "./receive-buffer.ts";
import { RequestHeadReader } from "./request-head-reader.ts";
import { type ClientState, ConnectionStates, type ServerState } from "./states.ts";
import {
  type CommonFields,
  type ConnectionField,
  encodeInformationalHead,
  encodeResponseHead,
  joinHeadAndBody,
  type WireBytes,
} from "./writers.ts";

/** More bytes are needed before the next event is complete. */
export const NEED_DATA: unique symbol = Symbol("NEED_DATA");
/** Bytes are waiting, but the current response must finish first. */
export const PAUSED: unique symbol = Symbol("PAUSED");

export class HttpConnection {
  readonly #limits: HttpLimits;
  readonly #states = new ConnectionStates();
  readonly #received = new ReceiveBuffer();
  readonly #headReader: RequestHeadReader;
  #proxyMode: ProxyMode;
  #proxyHeader: ProxyHeader = "none";
  #clientEnded = false;
  #request: RequestHead | undefined;
  #bodyReader: BodyReader | undefined;
  #bodyWriter = NO_MORE_DATA;

  /** With a `proxyMode` the connection is to begin as it says. */
  constructor(limits: HttpLimits, headerMap: HeaderMap = "drop", proxyMode: ProxyMode = "off") {
    this.#limits = limits;
    this.#headReader = new RequestHeadReader(limits, headerMap);
    this.#proxyMode = proxyMode;
  }

  get clientState(): ClientState {
    return this.#states.client;
  }

  get serverState(): ServerState {
    return this.#states.server;
  }

  /** What a balancer said of this connection; known from the first request head on. */
  get proxyHeader(): ProxyHeader {
    return this.#proxyHeader;
  }

  /** Bytes that have come and were not read: later requests, or a body. */
  get unreadBytes(): number {
    return this.#received.length;
  }

  /**
   * What the bytes that were received and not read keep of the memory, as little as can be. A head's
   * count thrice: they have room to grow, and its fields are text beside them.
   */
  settleReceived(): number {
    if (this.#received.length === 0) return 0;
    const kept = this.#received.settle();
    return this.#states.client === "idle" ? 3 * kept : kept;
  }

  /** Nothing that was received is read any more. */
  forgetReceived(): void {
    this.#received.skip(this.#received.length);
  }

  get keepAlive(): boolean {
    return this.#states.keepAlive;
  }

  /** Whether the response's framing has room for more; without a body it never has. */
  get takesMoreData(): boolean {
    return this.#bodyWriter.takesMoreData;
  }

  /** Whether the end of the connection is what ends the response's body. */
  get endsByClosing(): boolean {
    return this.#bodyWriter.endsByClosing;
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
    try {
      return this.#readEvent();
    } catch (error) {
      this.#states.failClient();
      throw error;
    }
  }

  /** The bytes of a 1xx response. */
  sendInformational(head: InformationalHead): Buffer {
    this.#states.moveServer("informational-head");
    return Buffer.from(encodeInformationalHead(head), "latin1");
  }

  /**
   * HTTP ends here. Gives the bytes of a 101 response, for who sends it.
   * @throws {LocalProtocolError} the request asks for no other protocol, or is answered
   */
  sendSwitch(head: ResponseHead): Buffer {
    this.#states.switchProtocol();
    return Buffer.from(encodeInformationalHead(head), "latin1");
  }

  /** All that has come and was not read: of another protocol. */
  takeReceived(): Buffer {
    return this.#received.takeBytes(this.#received.length);
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
    return this.#bodyWriter.write(data);
  }

  /**
   * The bytes that end the response.
   * @throws {LocalProtocolError} bytes are missing to what Content-Length promised
   */
  sendEnd(): readonly Uint8Array[] {
    const last = this.#bodyWriter.end();
    this.#states.moveServer("end-of-message");
    return last;
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
  ): WireBytes {
    if (responseHasNoBody(head.statusCode, this.#method)) {
      // RFC 9110 §8.6: a HEAD may be told the length that a GET would see.
      const isTold = this.#method === "HEAD" && !responseHasNoBody(head.statusCode, undefined);
      const added = isTold && head.contentLength === undefined && size > 0 ? size : undefined;
      const text = this.#startResponse(head, NO_BODY, common, added);
      this.#states.moveServer("end-of-message");
      return text;
    }
    const length = lengthOfWhole(head, size);
    const added = head.contentLength === undefined ? size : undefined;
    const text = this.#startResponse(head, WHOLE, common, added);
    this.#states.moveServer("end-of-message");
    return joinHeadAndBody(text, chunks, length);
  }

  /**
   * The head alone of what {@link sendWhole} sends, where there is a body; the body is to follow in
   * pieces, by `sendData` and `sendEnd`.
   * @throws {LocalProtocolError} the body is shorter than its Content-Length
   */
  sendHeadOfWhole(head: ResponseHead, size: number, common: CommonFields): Buffer {
    const framing: Framing = { kind: "content-length", length: lengthOfWhole(head, size) };
    const added = head.contentLength === undefined ? size : undefined;
    return Buffer.from(this.#startResponse(head, framing, common, added), "latin1");
  }

  /** After this response the connection ends. */
  disableKeepAlive(): void {
    this.#states.disableKeepAlive();
  }

  /** Makes ready for the next request; allowed only when both sides are `done`. */
  startNextCycle(): void {
    this.#states.startNextCycle();
    this.#request = undefined;
    this.#bodyReader = undefined;
  }

  get #method(): string | undefined {
    return this.#request?.method;
  }

  #readEvent(): ClientEvent | typeof NEED_DATA | typeof PAUSED {
    switch (this.#states.client) {
      case "idle":
        return this.#readHead();
      case "send-body":
        return this.#readBody();
      case "done":
      case "might-switch-protocol":
        return this.#received.length > 0 ? PAUSED : this.#atEnd();
      case "must-close":
        // RFC 9112 §9.6: what follows a request that ends the connection is not read.
        this.#received.skip(this.#received.length);
        return this.#atEnd();
      default:
        return NEED_DATA;
    }
  }

  #readHead(): RequestHead | typeof CONNECTION_CLOSED | typeof NEED_DATA {
    const isAtHead = this.#proxyMode === "off" || this.#passProxyHeader(this.#proxyMode);
    const head = isAtHead ? this.#headReader.read(this.#received) : undefined;
    if (head === undefined) {
      if (this.#received.length === 0) return this.#atEnd();
      if (this.#clientEnded) throw new RemoteProtocolError("cut-head");
      return NEED_DATA;
    }
    this.#request = head;
    this.#states.moveClient("request-head");
    if (!head.keepAlive) this.#states.disableKeepAlive();
    if (head.framing.kind === "none") this.#endWithoutBody(head);
    else this.#bodyReader = this.#readerFor(head.framing);
    return head;
  }

  #endWithoutBody({ upgrade }: RequestHead): void {
    this.#states.moveClient("end-of-message");
    if (upgrade !== undefined) this.#states.proposeSwitch();
  }

  /** Whether it has been passed: what follows is HTTP. */
  #passProxyHeader(mode: Exclude<ProxyMode, "off">): boolean {
    const header = readProxyHeader(this.#received, mode);
    if (header === undefined) return false;
    this.#proxyHeader = header;
    this.#proxyMode = "off";
    return true;
  }

  #readerFor(framing: Framing): BodyReader {
    if (framing.kind !== "content-length") return new ChunkedReader(this.#limits);
    if (framing.length > this.#limits.maxBodyBytes) {
      throw new RemoteProtocolError("long-body");
    }
    return new ContentLengthReader(framing.length);
  }

  #readBody(): ClientEvent | typeof NEED_DATA {
    const reading = this.#bodyReader?.read(this.#received);
    if (reading === undefined) {
      if (this.#clientEnded) throw new RemoteProtocolError("cut-body");
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
    this.#bodyWriter =
      framing === NO_BODY || framing === WHOLE ? NO_MORE_DATA : new BodyWriter(framing);
    return encodeResponseHead(head, framing, this.#connectionField(), common, addedLength);
  }

  #connectionField(): ConnectionField {
    if (!this.#states.keepAlive) return "Connection: close\r\n";
    return this.#request?.version === "HTTP/1.0" ? "Connection: keep-alive\r\n" : "";
  }
}

/** What of a body of `size` bytes is sent. */
function lengthOfWhole(head: ResponseHead, size: number): number {
  const length = head.contentLength ?? size;
  if (size >= length) return length;
  throw new LocalProtocolError(`the body has ${size} bytes, its Content-Length is ${length}`);
}
