/** What came of some bytes, in a form that two readings can be compared by. */
import assert from "node:assert/strict";
import { type HttpConnection, NEED_DATA, PAUSED } from "../../src/http/connection.ts";
import type { RemoteProtocolError } from "../../src/http/errors.ts";
import type { HttpLimits } from "../../src/http/limits.ts";
import type { ClientState } from "../../src/http/states.ts";
import {
  type Outcome,
  type ReadRequest,
  read,
  SECOND_REQUEST,
  type Watcher,
} from "../http/every-cut.ts";

export interface Observed {
  readonly outcome: Outcome;
  /** All that was read of each request, as text. */
  readonly requests: readonly string[];
  /** How it ended, in a word or as the status of the refusal. */
  readonly end: string;
  /** Why the client was refused. */
  readonly message: string;
  /** The most bytes that lay unread when there was nothing more to do. */
  readonly mostUnread: number;
}

/**
 * Reads pieces, and asserts on the way that nothing is read between a request and its answer, nor
 * behind a refusal.
 */
export function observe(pieces: readonly (Uint8Array | null)[], limits: HttpLimits): Observed {
  const witness = new Witness();
  const outcome = read(pieces, limits, witness);
  return {
    outcome,
    requests: outcome.requests.map(requestText),
    end: typeof outcome.end === "object" ? `refused ${outcome.end.statusHint}` : outcome.end,
    message: witness.message,
    mostUnread: witness.mostUnread,
  };
}

/** The requests and the end in one text; equal texts are equal readings. */
export function readingText({ requests, end }: Observed): string {
  return [...requests, end].join("\n");
}

/** No field, target or method holds NUL, so that its parts cannot run into one another. */
export function requestText({ head, body, isComplete }: ReadRequest): string {
  const { framing } = head;
  const length = framing.kind === "content-length" ? framing.length : "";
  let text = `${head.method}\0${head.target}\0${head.version}\0${head.rawPath}\0${head.query}\0`;
  text += `${head.host ?? "none"}\0${framing.kind}${length}\0`;
  text += `${head.keepAlive}\0${head.expectsContinue}\0${isComplete}\0${head.upgrade ?? ""}\0`;
  head.names.forEach((name, index) => {
    text += `${name.lower}:${head.values[index]}\0`;
  });
  return `${text}\0${body.toString("latin1")}`;
}

/** Where bytes behind a request are kept: they are the next one, or another protocol's. */
const GOING_ON: ReadonlySet<ClientState> = new Set(["done", "might-switch-protocol"]);

class Witness implements Watcher {
  message = "";
  mostUnread = 0;

  pieceWasRead(connection: HttpConnection): void {
    this.mostUnread = Math.max(this.mostUnread, connection.unreadBytes);
  }

  requestWasRead(connection: HttpConnection): void {
    // A connection that is to end drops what it has; one that is not keeps it for later.
    const goesOn = GOING_ON.has(connection.clientState);
    const expected = goesOn && connection.unreadBytes > 0 ? PAUSED : NEED_DATA;
    assert.equal(connection.nextEvent(), expected, "something was read before an answer");
  }

  wasRefused(error: RemoteProtocolError, connection: HttpConnection): void {
    this.message = error.message;
    connection.receiveData(SECOND_REQUEST);
    assert.equal(connection.nextEvent(), NEED_DATA, "something was read behind an error");
  }
}
