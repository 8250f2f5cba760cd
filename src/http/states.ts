/**
 * Every state of an HTTP/1.1 connection and every move between states.
 *
 * A move that is not in these tables is a protocol error. Nothing outside this
 * file decides a state.
 */
import { LocalProtocolError } from "./errors.ts";
import type { ClientEvent, ServerEvent } from "./events.ts";

export type ClientState = "idle" | "send-body" | "done" | "must-close" | "closed" | "error";
export type ServerState = ClientState | "send-response";

type Moves<State extends string, Event extends { type: string }> = Readonly<
  Record<State, Readonly<Partial<Record<Event["type"], State>>>>
>;

export const CLIENT_MOVES: Moves<ClientState, ClientEvent> = {
  idle: { "request-head": "send-body", "connection-closed": "closed" },
  "send-body": { data: "send-body", "end-of-message": "done" },
  done: { "connection-closed": "closed" },
  "must-close": { "connection-closed": "closed" },
  closed: { "connection-closed": "closed" },
  error: {},
};

export const SERVER_MOVES: Moves<ServerState, ServerEvent> = {
  // An answer without a request: an error response to bytes that made no request.
  idle: { "response-head": "send-body", "connection-closed": "closed" },
  "send-response": { "informational-head": "send-response", "response-head": "send-body" },
  "send-body": { data: "send-body", "end-of-message": "done" },
  done: { "connection-closed": "closed" },
  "must-close": { "connection-closed": "closed" },
  closed: { "connection-closed": "closed" },
  error: {},
};

/** The states of both sides, and the moves of one that the other causes. */
export class ConnectionStates {
  client: ClientState = "idle";
  server: ServerState = "idle";
  #keepAlive = true;

  moveClient(event: ClientEvent["type"]): void {
    const next = CLIENT_MOVES[this.client][event];
    if (next === undefined) throw illegalMove("client", this.client, event);
    this.client = next;
    // RFC 9112 §9.3: a request head is what makes the server's turn.
    if (event === "request-head") this.server = "send-response";
    this.#settle();
  }

  moveServer(event: ServerEvent["type"]): void {
    const next = SERVER_MOVES[this.server][event];
    if (next === undefined) throw illegalMove("server", this.server, event);
    this.server = next;
    this.#settle();
  }

  failClient(): void {
    this.client = "error";
    this.#keepAlive = false;
  }

  /** After this message the connection ends (RFC 9112 §9.6). */
  disableKeepAlive(): void {
    this.#keepAlive = false;
    this.#settle();
  }

  get keepAlive(): boolean {
    return this.#keepAlive;
  }

  startNextCycle(): void {
    if (this.client !== "done" || this.server !== "done") {
      throw new LocalProtocolError(`no new cycle: client ${this.client}, server ${this.server}`);
    }
    this.client = "idle";
    this.server = "idle";
  }

  /** What neither event alone decides: without keep-alive, done means that the side must close. */
  #settle(): void {
    if (this.#keepAlive) return;
    if (this.client === "done") this.client = "must-close";
    if (this.server === "done") this.server = "must-close";
  }
}

function illegalMove(side: string, state: string, event: string): LocalProtocolError {
  return new LocalProtocolError(`the ${side} is in state ${state}, where ${event} has no place`);
}
