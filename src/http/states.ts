/**
 * Every state of an HTTP/1.1 connection and every move between states.
 *
 * A move that is not in these tables is a protocol error. Nothing outside this
 * file decides a state.
 */
import { LocalProtocolError } from "./errors.ts";
import type { ClientEvent, ProtocolSwitch, ServerEvent } from "./events.ts";

type SharedState =
  | "idle"
  | "send-body"
  | "done"
  | "must-close"
  | "closed"
  | "switched-protocol"
  | "error";
/** `might-switch-protocol`: what follows its request is HTTP or not, as the answer says. */
export type ClientState = SharedState | "might-switch-protocol";
export type ServerState = SharedState | "send-response";

type Moves<State extends string, Event extends { type: string }> = Readonly<
  Record<State, Readonly<Partial<Record<Event["type"], State>>>>
>;

export const CLIENT_MOVES: Moves<ClientState, ClientEvent | ProtocolSwitch> = {
  idle: { "request-head": "send-body", "connection-closed": "closed" },
  "send-body": { data: "send-body", "end-of-message": "done" },
  done: { "connection-closed": "closed" },
  "might-switch-protocol": {
    "protocol-switch": "switched-protocol",
    "connection-closed": "closed",
  },
  "must-close": { "connection-closed": "closed" },
  closed: { "connection-closed": "closed" },
  "switched-protocol": {},
  error: {},
};

export const SERVER_MOVES: Moves<ServerState, ServerEvent | ProtocolSwitch> = {
  // An answer without a request: an error response to bytes that made no request.
  idle: { "response-head": "send-body", "connection-closed": "closed" },
  "send-response": {
    "informational-head": "send-response",
    "response-head": "send-body",
    "protocol-switch": "switched-protocol",
  },
  "send-body": { data: "send-body", "end-of-message": "done" },
  done: { "connection-closed": "closed" },
  "must-close": { "connection-closed": "closed" },
  closed: { "connection-closed": "closed" },
  "switched-protocol": {},
  error: {},
};

/** The states of both sides, and the moves of one that the other causes. */
export class ConnectionStates {
  client: ClientState = "idle";
  server: ServerState = "idle";
  #keepAlive = true;

  moveClient(event: (ClientEvent | ProtocolSwitch)["type"]): void {
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
    // RFC 9110 §7.8: an answer of HTTP leaves the connection to HTTP.
    if (this.client === "might-switch-protocol" && next === "send-body") this.client = "done";
    this.#settle();
  }

  /** The client, whose request is complete, asks for another protocol. */
  proposeSwitch(): void {
    if (this.client === "done") this.client = "might-switch-protocol";
  }

  /** Both sides speak another protocol from here on. */
  switchProtocol(): void {
    const next = SERVER_MOVES[this.server]["protocol-switch"];
    if (next === undefined) throw illegalMove("server", this.server, "protocol-switch");
    this.moveClient("protocol-switch");
    this.server = next;
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
