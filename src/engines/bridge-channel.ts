/** Frames over one socket: what is sent in one turn of the event loop leaves in one write. */
import type { Duplex } from "node:stream";
import { FrameDecoder, type FrameSink, frameHeader } from "../bridge/frame-codec.ts";

/** A socket of a process, or what stands in for it. */
export type BridgeSocket = Duplex & { ref(): unknown; unref(): unknown };

export interface ChannelEvents {
  readonly frame: FrameSink;
  /** All frames of one read have been given to `frame`. */
  readonly readEnd: () => void;
  /** The other side sent what is no frame, or one that has no sense; the socket is closed next. */
  readonly failed: (error: unknown) => void;
  /** The socket is closed; nothing follows. */
  readonly closed: () => void;
}

export class BridgeChannel {
  #socket: BridgeSocket | undefined;
  readonly #decoder = new FrameDecoder();
  #text = "";
  #pieces: (string | Uint8Array)[] = [];
  #flushIsDue = false;

  /** What is sent before there is a socket waits for it; where there will be none, it is closed. */
  constructor(
    coming: Promise<{ readonly socket: BridgeSocket } | undefined>,
    events: ChannelEvents,
  ) {
    void coming.then((there) => {
      if (there === undefined) events.closed();
      else this.#open(there.socket, events);
    });
  }

  #open(socket: BridgeSocket, events: ChannelEvents): void {
    this.#socket = socket;
    socket.on("data", (data: Buffer) => {
      try {
        this.#decoder.decode(data, events.frame);
        events.readEnd();
      } catch (error) {
        events.failed(error);
        socket.destroy();
      }
    });
    // What went wrong with the socket shows in how the process ended.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => events.closed());
    if (this.#flushIsDue) setImmediate(this.#flush);
  }

  /** `payload` is latin-1 text. */
  send(type: number, flags: number, streamId: number, payload: string): void {
    this.#text += frameHeader(type, flags, streamId, payload.length);
    this.#text += payload;
    this.#flushSoon();
  }

  /** One frame whose payload is these pieces, which must not change until they are written. */
  sendBytes(type: number, flags: number, streamId: number, payload: readonly Uint8Array[]): void {
    let size = 0;
    for (const piece of payload) size += piece.length;
    this.#pieces.push(this.#text + frameHeader(type, flags, streamId, size), ...payload);
    this.#text = "";
    this.#flushSoon();
  }

  /** Resolves when the other side has taken most of what was sent so far, or never will. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      // Behind the flush, which is due before.
      setImmediate(() => {
        const socket = this.#socket;
        if (socket?.writableNeedDrain !== true) return resolve();
        const done = (): void => {
          for (const event of ["drain", "close"]) socket.off(event, done);
          resolve();
        };
        for (const event of ["drain", "close"]) socket.on(event, done);
      });
    });
  }

  #flushSoon(): void {
    if (this.#flushIsDue) return;
    this.#flushIsDue = true;
    if (this.#socket !== undefined) setImmediate(this.#flush);
  }

  /** Whether sent frames wait for the end of the turn. */
  get hasUnflushed(): boolean {
    return this.#flushIsDue;
  }

  ref(): void {
    this.#socket?.ref();
  }

  unref(): void {
    this.#socket?.unref();
  }

  close(): void {
    this.#socket?.destroy();
  }

  readonly #flush = (): void => {
    const socket = this.#socket;
    this.#flushIsDue = false;
    const text = this.#text;
    const pieces = this.#pieces;
    this.#text = "";
    if (pieces.length > 0) this.#pieces = [];
    if (socket === undefined || socket.destroyed) return;
    if (pieces.length === 0) {
      socket.write(text, "latin1");
      return;
    }
    socket.cork();
    for (const piece of pieces) write(socket, piece);
    write(socket, text);
    socket.uncork();
  };
}

function write(socket: BridgeSocket, piece: string | Uint8Array): void {
  if (piece.length === 0) return;
  if (typeof piece === "string") socket.write(piece, "latin1");
  else socket.write(piece);
}
