/** HTTP/1.1 over an accepted socket. */
import type { Socket } from "node:net";
import type { RefusalName } from "../../http/refusals.ts";
import type { ConnectionState } from "./connection-state.ts";
import { Http1Connection } from "./http1-connection.ts";
import type { ServerContext } from "./server-context.ts";

/** A connection as its server sees it. */
export interface ServedConnection {
  readonly state: ConnectionState;
  /** Answers one more request, and then ends: the open one, if its head can still say so. */
  answerOne(): void;
  /** Finishes the request that is open or has begun to come, takes no other. */
  drain(): void;
  destroy(): void;
  /** Answers what the client has not asked yet, and ends. */
  refuse(refusal: RefusalName): void;
  /** Whether nobody loses anything if it ends: nothing of a request has come, or all is answered. */
  readonly isIdle: boolean;
  /** Bytes of answers that wait in memory for this client to take them. */
  readonly waitingBytes: number;
  /** The same, and what it has begun to send, which is charged to the process's memory. */
  readonly heldBytes: number;
  /** Looks at its client, and returns when that was last seen to move on, on the context's clock. */
  noteProgress(): number;
  /** Answers a request for whose answer it waits no longer, and says why in the log; whether there was one. */
  giveUp(why: string): boolean;
  /** Lets go of what is held, and of the client. */
  shed(): void;
  /** Ends what has taken too long; called a few times a second with the context's clock. */
  checkDeadline(now: number): void;
}

/** Called once, when the connection is no more. */
export type Ended = (connection: ServedConnection) => void;

/** The socket must have been accepted with `allowHalfOpen`; it belongs to the connection now. */
export function serveHttp1(socket: Socket, context: ServerContext, ended: Ended): ServedConnection {
  return new Http1Connection(socket, context, ended);
}
