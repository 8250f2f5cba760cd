/**
 * One HTTP/1.1 connection from its first byte to its last.
 * Bytes go to the protocol (src/http), requests to the application (src/gateway), answers back.
 * What is legal is decided there; when to read, to stop and to give up is decided here.
 */
import type { Socket } from "node:net";
import { makeEnviron } from "../../gateway/environ.ts";
import { retryAfterOf, statusFor } from "../../gateway/error-response.ts";
import { BodyStream, EMPTY_INPUT } from "../../gateway/input-stream.ts";
import { resetNow } from "../../gateway/reset.ts";
import { ClientDisconnected } from "../../gateway/response-writer.ts";
import { HttpConnection, NEED_DATA, PAUSED } from "../../http/connection.ts";
import { RemoteProtocolError } from "../../http/errors.ts";
import type { RequestHead } from "../../http/events.ts";
import { REFUSALS, type RefusalName } from "../../http/refusals.ts";
import type { Upgrade } from "../../wsgi/types.ts";
import { ApplicationClock, TOO_LONG } from "./application-clock.ts";
import { ApplicationRun, type RunEvents } from "./application-run.ts";
import { ClientClock } from "./client-clock.ts";
import { ClientFacts } from "./client-facts.ts";
import { type ConnectionState, isOver, type Phase, stateIn } from "./connection-state.ts";
import { handOver, SERVER_STOPS } from "./hand-over.ts";
import { Http1Writer } from "./http1-writer.ts";
import { DRAIN_GRACE, LONGEST_LINGER, MAX_BYTES_AHEAD, MAX_DRAINED_BYTES } from "./limits.ts";
import { ReceivedMemory } from "./received-memory.ts";
import { RequestReports } from "./reports.ts";
import type { Ended, ServedConnection } from "./serve-http1.ts";
import type { ServerContext } from "./server-context.ts";
import { type SocketEvents, tell } from "./socket-events.ts";
import { uncorkFully } from "./uncork.ts";
import { unsentBytes } from "./unsent-bytes.ts";

/** One for all: where the server noticed it tells nobody anything. */
const CLIENT_GONE = new ClientDisconnected();

export class Http1Connection implements ServedConnection, SocketEvents, RunEvents {
  readonly #socket: Socket;
  readonly #context: ServerContext;
  readonly #ended: Ended;
  readonly #http: HttpConnection;
  readonly #client: ClientFacts;
  readonly #writer: Http1Writer;
  readonly #reports: RequestReports;
  #phase: Phase = "head";
  readonly #clock: ClientClock;
  readonly #applicationClock: ApplicationClock;
  readonly #memory: ReceivedMemory;
  readonly #run = new ApplicationRun(this);
  #pumping = false;
  #draining = false;
  #request: RequestHead | undefined;
  #body: BodyStream | undefined;
  #applicationIsDone = true;

  constructor(socket: Socket, context: ServerContext, ended: Ended) {
    this.#socket = socket;
    this.#context = context;
    this.#ended = ended;
    const { proxies, limits, server, commonFields } = context;
    this.#client = new ClientFacts(socket, proxies, (request) => this.#writer.earlyHints(request));
    this.#http = new HttpConnection(limits, server.headerMap, this.#client.proxyMode);
    this.#writer = new Http1Writer(socket, this.#http, commonFields);
    this.#applicationClock = new ApplicationClock(context.timeouts.application);
    this.#reports = new RequestReports(context, this.#writer);
    this.#memory = new ReceivedMemory(this.#http);
    this.#clock = new ClientClock(context);
    this.#clock.start(context.timeouts.head);
    socket.setNoDelay(true);
    tell(socket, this);
  }

  answerOne(): void {
    this.#draining = true;
    if (this.#http.serverState === "send-response") this.#http.disableKeepAlive();
    if (this.#phase === "upgraded") this.#client.abort(SERVER_STOPS);
  }

  drain(): void {
    this.answerOne();
    const isBetween = this.#phase === "idle" || this.#phase === "head";
    // A request may be under way already: its answer is the last.
    if (isBetween && this.#http.unreadBytes === 0) this.#enter(this.#phase, DRAIN_GRACE);
  }

  destroy(): void {
    if (this.#http.serverState === "send-body") this.#cut();
    else this.#socket.destroy();
  }

  refuse(refusal: RefusalName): void {
    this.#clientFailed(new RemoteProtocolError(refusal));
  }

  get state(): ConnectionState {
    return stateIn(this.#phase, this.#http);
  }

  get isIdle(): boolean {
    return this.#phase !== "answering" && this.#phase !== "upgraded" && this.heldBytes === 0;
  }

  noteProgress(): number {
    this.#clock.note(this.#socket);
    return this.#clock.movedAt;
  }

  get waitingBytes(): number {
    return this.#socket.writableLength;
  }

  get heldBytes(): number {
    return this.#memory.charged + this.waitingBytes;
  }

  giveUp(why: string): boolean {
    if (this.#phase === "upgraded" || !this.#reports.givesUp(why, this.#http.serverState))
      return false;
    this.#body?.fail(TOO_LONG);
    this.#http.disableKeepAlive();
    this.#refuse(504);
    this.#reports.end();
    // Where the application has not returned, neither has the pump that would let this go.
    uncorkFully(this.#socket);
    return true;
  }

  shed(): void {
    if (this.#socket.writableLength > 0) this.#cutOff(REFUSALS["no-memory"].says);
    else this.refuse("no-memory");
  }

  checkDeadline(now: number): void {
    if (this.#phase === "upgraded") return;
    if (!this.#applicationIsDone) this.#checkApplication(now);
    if (now < this.#clock.deadline) return;
    const isSilent = this.#phase === "head" && this.#http.unreadBytes === 0;
    if (isSilent || (this.#phase === "idle" && unsentBytes(this.#socket) === 0)) this.#linger();
    else if (this.#phase === "head") this.#clientFailed(new RemoteProtocolError("slow-head"));
    else this.#checkProgress();
  }

  receive(data: Buffer | null): void {
    if (this.#phase === "closed") return;
    if (this.#phase === "lingering") {
      // Who has asked for something is listened to for longer, since it may still send the body.
      const { linger } = this.#context.timeouts;
      if (this.#request !== undefined) this.#clock.extend(linger, LONGEST_LINGER);
      return;
    }
    this.#http.receiveData(data);
    this.#pump();
  }

  clientReadsOn(): void {
    this.#writer.wakeWaiting();
    this.#pump();
  }

  /** Reads events for as long as something follows from them. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      let goesOn = true;
      while (goesOn) goesOn = this.#step();
    } catch (error) {
      if (error instanceof RemoteProtocolError) this.#clientFailed(error);
      else this.broke(error);
    } finally {
      this.#pumping = false;
      if (this.#socket.writableCorked > 0) this.#socket.uncork();
    }
    // What is left may be half a head: of all that wait so, only so much is kept.
    if (!this.#memory.settle() && this.#phase === "head") this.refuse("no-memory");
  }

  #step(): boolean {
    if (isOver(this.#phase)) return false;
    // A client that does not read its answers gets no further ones made.
    if (this.#applicationIsDone && this.#socket.writableNeedDrain) return this.#pause();
    if (this.#body?.isFull === true) return this.#pause();
    const event = this.#http.nextEvent();
    if (event === NEED_DATA) return this.#awaitBytes();
    if (event === PAUSED) {
      return this.#http.unreadBytes > MAX_BYTES_AHEAD ? this.#pause() : this.#awaitBytes();
    }
    switch (event.type) {
      case "request-head":
        this.#begin(event);
        return true;
      case "data":
        this.#takeBody(event.data);
        return true;
      case "end-of-message":
        this.#body?.end();
        this.#finishCycle();
        return true;
      case "connection-closed":
        // A client that has sent its last may still read the answer, but most have left.
        if (this.#applicationIsDone) this.#linger();
        else this.#client.abort(CLIENT_GONE);
        return false;
    }
  }

  #pause(): false {
    this.#socket.pause();
    this.#clock.pause();
    return false;
  }

  #awaitBytes(): false {
    if (this.#socket.isPaused()) {
      this.#socket.resume();
      this.#clock.resume();
    }
    if (this.#phase === "idle" && this.#http.unreadBytes > 0) {
      this.#enter("head", this.#context.timeouts.head);
    }
    return false;
  }

  #takeBody(data: Uint8Array): void {
    this.#clock.bodyTook(data.length);
    this.#body?.push(data);
    if ((this.#body?.bytesDropped ?? 0) > MAX_DRAINED_BYTES) this.#linger();
  }

  /** The client broke the protocol: an answer if one can still be given, then the end. */
  #clientFailed(error: RemoteProtocolError): void {
    this.#context.statistics.refused(error.refusal);
    this.#context.faults.refused(this.#client.addressBehind(this.#http.proxyHeader), error);
    this.#body?.fail(error);
    this.#http.disableKeepAlive();
    this.#refuse(error.statusHint);
  }

  #refuse(statusCode: number): void {
    if (this.#socket.destroyed) return;
    const { serverState } = this.#http;
    if (serverState === "send-body") {
      this.#cut();
      return;
    }
    // An answer that is complete already reaches the client like any other.
    if (serverState === "idle" || serverState === "send-response") {
      this.#writer.respondError(statusCode);
      this.#writer.abandon();
    }
    this.#reports.end();
    this.#linger();
  }

  #begin(head: RequestHead): void {
    const facts = this.#client.for(head, this.#http.proxyHeader);
    this.#phase = "answering";
    this.#clock.startRequest(head.framing);
    this.#applicationClock.startRequest();
    this.#request = head;
    this.#applicationIsDone = false;
    this.#writer.startRequest(head);
    this.#body = head.framing.kind === "none" ? undefined : new BodyStream(this.#bodyWanted);
    const environ = makeEnviron(head, facts, this.#context.server, this.#body ?? EMPTY_INPUT);
    const health = this.#context.health?.applicationFor(head.rawPath);
    if (head.upgrade !== undefined && !this.#draining)
      environ["portico.upgrade"] = this.#upgradeOf(head);
    if (health === undefined) this.#reports.begin(head, environ);
    if (this.#draining || this.#context.timeouts.keepAlive === 0) this.#http.disableKeepAlive();
    // Answers to pipelined requests leave in one write.
    if (this.#http.unreadBytes > 0 && this.#socket.writableCorked === 0) this.#socket.cork();
    this.#run.start(health ?? this.#context.application, environ, this.#writer);
  }

  readonly #bodyWanted = (): void => {
    if (this.#request !== undefined && this.#writer.continueOnce(this.#request)) {
      this.#clock.startBody();
    }
    this.#pump();
  };

  /** Of this request alone, kept and called later or not. */
  #upgradeOf(request: RequestHead): Upgrade {
    return (headers) => {
      this.#writer.switchProtocol(request, headers);
      this.#phase = "upgraded";
      // Who has just got the socket can be told in a moment.
      if (this.#draining) queueMicrotask(() => this.#client.abort(SERVER_STOPS));
      const behind = this.#http.takeReceived();
      this.#memory.forget();
      return handOver(this.#socket, behind);
    };
  }

  applicationFailed(error: unknown): void {
    this.#reports.failed(error);
    this.#answerFailure(error);
    this.applicationEnded();
  }

  applicationEnded(): void {
    this.#applicationIsDone = true;
    this.#body?.discard();
    this.#reports.end();
    this.#finishCycle();
    this.#pump();
  }

  #answerFailure(error: unknown): void {
    if (this.#phase !== "answering" && this.#phase !== "upgraded") return;
    const { serverState } = this.#http;
    // Who has taken the connection over may not be there to end it.
    if (serverState === "send-body" || serverState === "switched-protocol") this.#cut();
    else if (serverState === "send-response" && !this.#socket.destroyed)
      this.#writer.respondError(statusFor(error), retryAfterOf(error));
  }

  /** It costs this connection, and no other. */
  broke(error: unknown): void {
    this.#reports.broke(error);
    this.destroy();
  }

  #checkApplication(now: number): void {
    // What waits in the socket waits for the client, and so does who reads the rest of a body.
    const isClientsTurn = this.#socket.writableLength > 0 || this.#body?.isAwaited === true;
    const isOthersTurn = isClientsTurn || this.#reports.engineKeepsDeadline;
    const seen = { bytesGiven: this.#writer.bodyBytesGiven, isOthersTurn };
    if (!this.#applicationClock.look(seen, now)) return;
    if (this.giveUp(this.#reports.lateness)) this.#client.abort(TOO_LONG);
  }

  /** Both sides done: on to the next request, or to the end of the connection. */
  #finishCycle(): void {
    if (!this.#applicationIsDone || this.#phase !== "answering") return;
    const { clientState, serverState } = this.#http;
    // "closed": the client said its last word before it was answered.
    const isLast = serverState === "must-close" || clientState === "closed";
    if (isLast || this.#writer.bodyIsNotWorthReading) {
      this.#linger();
    } else if (clientState === "done" && serverState === "done") {
      this.#http.startNextCycle();
      this.#writer.endRequest();
      this.#body = undefined;
      this.#request = undefined;
      this.#enter("idle", this.#draining ? DRAIN_GRACE : this.#context.timeouts.keepAlive);
    }
  }

  /** A request body that stalls, or an answer that nobody reads; an application may take its time. */
  #checkProgress(): void {
    const slow = this.#clock.look(this.#socket, this.#awaitsBody());
    if (slow === "answer")
      this.#cutOff("it does not read its answer (see --write-timeout and --min-rate)");
    else if (slow === "body") this.#clientFailed(new RemoteProtocolError("slow-body"));
    else if (this.#phase === "lingering" && this.#socket.writableLength === 0)
      this.#socket.destroy();
  }

  #awaitsBody(): boolean {
    if (this.#phase !== "answering") return false;
    const isComing = this.#http.clientState === "send-body" && !this.#socket.isPaused();
    return isComing && !this.#writer.awaitsContinue;
  }

  /** Says goodbye: what was written still goes out, what still comes is dropped. */
  #linger(): void {
    if (this.#phase === "lingering" || this.#phase === "closed") return;
    this.#enter("lingering", this.#context.timeouts.linger);
    this.#memory.forget();
    this.#socket.end();
    this.#socket.resume();
  }

  #cutOff(why: string): void {
    this.#context.faults.cut(this.#client.addressBehind(this.#http.proxyHeader), why);
    this.#cut();
  }

  /** Ends a response in a way that cannot be taken for its end (RFC 9112 §8). */
  #cut(): void {
    this.#writer.abandon();
    if (this.#socket.destroyed) return;
    if (this.#http.endsByClosing) resetNow(this.#socket);
    else this.#socket.destroy();
  }

  gone(): void {
    this.#phase = "closed";
    this.#memory.forget();
    this.#body?.fail(CLIENT_GONE);
    this.#client.abort(CLIENT_GONE);
    this.#writer.abandon();
    this.#ended(this);
  }

  #enter(phase: Phase, timeout: number): void {
    this.#phase = phase;
    this.#clock.start(timeout);
  }
}
