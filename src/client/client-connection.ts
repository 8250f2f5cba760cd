/** One connection of a client that decides itself when to send, to read and to leave. */

import { connect, type Socket } from "node:net";
import { type FieldList, fieldValue, parseField } from "./field-list.ts";

export interface AnswerHead {
  /** As `HTTP/1.1`. */
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  /** In the order of the wire, repeated ones repeated. */
  readonly fields: FieldList;
}

export interface Answer extends AnswerHead {
  readonly body: Buffer;
  /** False where the connection ended before the body did. */
  readonly isWhole: boolean;
}

export interface RequestParts {
  readonly fields?: FieldList;
  readonly body?: string | Uint8Array;
  readonly version?: "HTTP/1.0" | "HTTP/1.1";
}

/** The bytes of a request; a Host is added, and a Content-Length where there is a body. */
export function requestBytes(method: string, target: string, parts: RequestParts = {}): Buffer {
  const { fields = [], body = "", version = "HTTP/1.1" } = parts;
  const payload = typeof body === "string" ? Buffer.from(body, "latin1") : body;
  const has = (name: string): boolean => fields.some(([found]) => found.toLowerCase() === name);
  const all = [
    ...(has("host") || version === "HTTP/1.0" ? [] : [["Host", "test"] as const]),
    ...fields,
    ...(payload.length === 0 || has("content-length") || has("transfer-encoding")
      ? []
      : [["Content-Length", String(payload.length)] as const]),
  ];
  const lines = all.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.concat([
    Buffer.from(`${method} ${target} ${version}\r\n${lines}\r\n`, "latin1"),
    payload,
  ]);
}

/** A chunked body of these chunks, to be sent with `Transfer-Encoding: chunked`. */
export function chunked(...chunks: readonly string[]): string {
  return `${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join("")}0\r\n\r\n`;
}

/** How long a server may send nothing where it is not said, in milliseconds. */
const LONGEST_SILENCE = 15_000;

/** What a connection shows that has ended in the middle of what was read. */
export class ConnectionEnded extends Error {
  override readonly name: string = "ConnectionEnded";
}

/** The server has neither said anything for as long as was waited, nor ended the connection. */
export class ServerSilent extends Error {
  override readonly name: string = "ServerSilent";
}

/** A port of 127.0.0.1, a Unix socket's path, or a host and port, from an address of choice. */
export type ServerAddress =
  | number
  | string
  | { readonly host: string; readonly port: number; readonly localAddress?: string };

/** The last of what a server said. */
export interface Remainder {
  readonly bytes: Buffer;
  readonly ended: "closed" | "reset" | "silent";
}

export class ClientConnection implements Disposable {
  readonly socket: Socket;
  /** Reads only when asked, so that a test that does not ask is a client that does not read. */
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  /** Takes a socket as {@link connected} gives it. */
  protected constructor(socket: Socket) {
    this.socket = socket;
    // No encoding is set, so the chunks are Buffers.
    this.#chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** `longestSilence` is in milliseconds. */
  static async open(address: ServerAddress, longestSilence?: number): Promise<ClientConnection> {
    return new ClientConnection(await connected(address, longestSilence));
  }

  send(bytes: string | Uint8Array): void {
    this.socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  }

  request(method: string, target: string, parts: RequestParts = {}): void {
    this.send(requestBytes(method, target, parts));
  }

  /** Says that nothing more is sent. */
  finish(): void {
    this.socket.end();
  }

  /** The next head, of an informational response too. */
  async head(): Promise<AnswerHead> {
    const text = await this.#takeUntil("\r\n\r\n");
    const [statusLine = "", ...lines] = text.toString("latin1").split("\r\n");
    const [, version, status, reason = ""] =
      /^(HTTP\/\d\.\d) (\d{3})(?: (.*))?$/.exec(statusLine) ?? [];
    if (version === undefined) throw new Error(`not a status line: ${JSON.stringify(statusLine)}`);
    return { version, status: Number(status), reason, fields: lines.map(parseField) };
  }

  /** The next final response to a request of this method. */
  async answer(method = "GET"): Promise<Answer> {
    let head = await this.head();
    while (head.status < 200) head = await this.head();
    return this.behind(head, method);
  }

  /** The answer whose final head has been read. */
  async behind(head: AnswerHead, method = "GET"): Promise<Answer> {
    const parts: Buffer[] = [];
    try {
      for await (const part of this.body(method, head)) parts.push(part);
      return { ...head, body: Buffer.concat(parts), isWhole: true };
    } catch (error) {
      if (!(error instanceof ConnectionEnded)) throw error;
      return { ...head, body: Buffer.concat(parts), isWhole: false };
    }
  }

  /**
   * The body behind a head, as it comes; RFC 9112 §6.3, as far as a client of well-behaved servers
   * needs it.
   * @throws {ConnectionEnded} the connection ends before the body does
   */
  async *body(method: string, { status, fields }: AnswerHead): AsyncGenerator<Buffer> {
    if (method === "HEAD" || status === 204 || status === 304) return;
    if (fieldValue(fields, "transfer-encoding")?.toLowerCase() === "chunked") {
      for (let size = await this.#chunkSize(); size > 0; size = await this.#chunkSize()) {
        yield* this.#parts(size);
        await this.#chunkEnd();
      }
      await this.#chunkEnd();
      return;
    }
    const length = fieldValue(fields, "content-length");
    try {
      yield* this.#parts(length === undefined ? Number.POSITIVE_INFINITY : Number(length));
    } catch (error) {
      const endsTheBody = error instanceof ConnectionEnded && error.cause === undefined;
      if (length !== undefined || !endsTheBody) throw error;
    }
  }

  /** Exactly so many bytes. */
  async take(size: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.#parts(size)) parts.push(part);
    return Buffer.concat(parts);
  }

  /** The data of the next chunk of a chunked body; empty for the last one. */
  async chunk(): Promise<Buffer> {
    const data = await this.take(await this.#chunkSize());
    await this.#chunkEnd();
    return data;
  }

  /** So many bytes as they come. @throws {ConnectionEnded} it ends before */
  async *#parts(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0; ) {
      if (this.#rest.length === 0) await this.#readOn();
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  async #chunkSize(): Promise<number> {
    const line = (await this.#takeUntil("\r\n")).toString("latin1");
    if (!/^[0-9a-f]+$/i.test(line)) throw new Error(`not a chunk size: ${JSON.stringify(line)}`);
    return Number.parseInt(line, 16);
  }

  async #chunkEnd(): Promise<void> {
    const end = (await this.take(2)).toString("latin1");
    if (end !== "\r\n") throw new Error(`a chunk is longer than its size: ${JSON.stringify(end)}`);
  }

  /**
   * All that comes until the server ends the connection; how it did that is in `ended`.
   * @throws {ServerSilent} it does not end
   */
  async rest(): Promise<{ readonly bytes: Buffer; readonly ended: "closed" | "reset" }> {
    const { bytes, ended } = await this.remainder();
    if (ended === "silent") throw new ServerSilent(`after ${bytes.length} bytes`);
    return { bytes, ended };
  }

  /** All that comes until the server ends the connection, or until it says nothing more. */
  async remainder(): Promise<Remainder> {
    for (;;) {
      try {
        await this.#readOn();
      } catch (error) {
        if (!(error instanceof ConnectionEnded || error instanceof ServerSilent)) throw error;
        const bytes = this.#rest;
        this.#rest = Buffer.alloc(0);
        if (error instanceof ServerSilent) return { bytes, ended: "silent" };
        return { bytes, ended: error.cause === undefined ? "closed" : "reset" };
      }
    }
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  async #takeUntil(end: string): Promise<Buffer> {
    for (;;) {
      const found = this.#rest.indexOf(end);
      if (found >= 0) {
        const taken = this.#rest.subarray(0, found);
        this.#rest = this.#rest.subarray(found + end.length);
        return taken;
      }
      await this.#readOn();
    }
  }

  async #readOn(): Promise<void> {
    let next: IteratorResult<Buffer>;
    try {
      next = await this.#chunks.next();
    } catch (error) {
      if (error instanceof Error && "code" in error) {
        throw new ConnectionEnded("the server reset the connection", { cause: error });
      }
      throw error;
    }
    if (next.done === true) {
      const seen = JSON.stringify(this.#rest.toString("latin1").slice(0, 200));
      throw new ConnectionEnded(`the server closed the connection after ${seen}`);
    }
    this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
  }
}

/** A socket that the server has accepted; it ends where that says nothing for `longestSilence`. */
export async function connected(
  address: ServerAddress,
  longestSilence: number = LONGEST_SILENCE,
): Promise<Socket> {
  const options =
    typeof address === "number"
      ? { host: "127.0.0.1", port: address }
      : typeof address === "string"
        ? { path: address }
        : address;
  const socket = connect({ ...options, allowHalfOpen: true, noDelay: true });
  socket.setTimeout(longestSilence, () => {
    socket.destroy(new ServerSilent(`the server was silent for ${longestSilence} ms`));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  // What is written to a server that has gone shows where it is read.
  socket.on("error", () => {});
  return socket;
}

/** One request on a connection of its own. */
export async function ask(
  address: number | string,
  method: string,
  target: string,
  parts: RequestParts = {},
): Promise<Answer> {
  using connection = await ClientConnection.open(address);
  connection.request(method, target, parts);
  return await connection.answer(method);
}
