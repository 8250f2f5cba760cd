/**
 * Gives connections to a process, one at a time: the next when it has taken the one before. What a process
 * has not taken when it ends is somebody else's.
 *
 * Node.js would queue any number by itself, and keep what it has queued open and unserved for ever when the
 * process ends. What is used of it here beyond its documentation may be missing: then the one connection
 * that was under way is lost.
 */
import type { ChildProcess } from "node:child_process";
import type { Server, Socket } from "node:net";
import type { ToWorker } from "./messages.ts";

/** Of Node's own, on both ends of a channel. */
interface Internals {
  /** The connection that was sent and not acknowledged. */
  _pendingMessage?: { readonly handle: unknown } | null;
}

interface SentSocket {
  _handle?: unknown;
  readonly server?: (Server & { _connections?: number }) | null;
}

/** What Node.js answers when a connection has arrived; it says so by an event that its cluster uses too. */
const TAKEN = "NODE_HANDLE_ACK";

export class Handover {
  readonly #child: ChildProcess;
  #underWay: Socket | undefined;

  /** `onTaken` is called when the next connection may be given. */
  constructor(child: ChildProcess, onTaken: () => void) {
    this.#child = child;
    child.on("internalMessage", (message: { readonly cmd?: string }) => {
      if (message.cmd !== TAKEN) return;
      this.#underWay = undefined;
      onTaken();
    });
  }

  get isFree(): boolean {
    return this.#underWay === undefined;
  }

  give(socket: Socket): void {
    const message: ToWorker = { portico: "connection" };
    this.#underWay = socket;
    this.#child.send(message, socket, (error) => {
      if (error === null) return;
      // The client has gone, or the process: what was sent in vain is closed.
      socket.destroy();
      if (this.#underWay === socket) this.#underWay = undefined;
    });
  }

  /** To be called when the process has ended: what it has not taken. */
  takeBack(): Socket | undefined {
    const socket = this.#underWay;
    this.#underWay = undefined;
    // The class has these fields; its type does not.
    const internals = this.#child as unknown as Internals;
    const handle = internals._pendingMessage?.handle;
    if (socket === undefined || handle === undefined) return undefined;
    // Else Node.js would close it with the channel.
    internals._pendingMessage = null;
    const sent = socket as unknown as SentSocket;
    sent._handle = handle;
    if (sent.server?._connections !== undefined) sent.server._connections += 1;
    return socket;
  }
}
