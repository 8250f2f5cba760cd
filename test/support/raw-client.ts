/** A small HTTP/1.1 client over a bare socket, which hides nothing of what the server sent. */

import { connect, type Socket } from "node:net";
import { type FieldList, fieldValue, parseField } from "../../src/client/field-list.ts";

export interface RawRequest {
  readonly method: string;
  /** Written as it is; characters are bytes (latin-1), so that any bytes can be sent. */
  readonly target: string;
  readonly fields: FieldList;
  readonly body: Buffer;
}

export interface RawResponse {
  readonly status: number;
  readonly reason: string;
  /** In the order of the wire, repeated ones repeated. */
  readonly fields: FieldList;
  readonly body: Buffer;
}

const SILENCE_MILLISECONDS = 20_000;
const MAX_HEAD_BYTES = 65_536;

export class RawConnection {
  readonly #socket: Socket;
  readonly #source: ByteSource;
  #usable = true;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#source = new ByteSource(socket);
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.setTimeout(SILENCE_MILLISECONDS, () => {
      socket.destroy(new Error(`the server was silent for ${SILENCE_MILLISECONDS} ms`));
    });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new RawConnection(socket);
  }

  /** Whether the server lets another request follow on this connection. */
  get usable(): boolean {
    return this.#usable && !this.#socket.destroyed && !this.#socket.readableEnded;
  }

  async exchange(request: RawRequest): Promise<RawResponse> {
    this.#socket.write(requestBytes(request));
    let head = parseHead(await this.#source.takeHead());
    // RFC 9110 §15.2: any number of informational responses may come before the final one.
    while (head.status < 200) head = parseHead(await this.#source.takeHead());
    const body = await this.#readBody(request.method, head);
    if (fieldValue(head.fields, "connection")?.toLowerCase() === "close") this.close();
    return { ...head, body };
  }

  close(): void {
    this.#usable = false;
    this.#socket.destroy();
  }

  /** RFC 9112 §6.3, as far as a client of well-behaved servers needs it. */
  async #readBody(method: string, head: Head): Promise<Buffer> {
    if (method === "HEAD" || head.status === 204 || head.status === 304) return Buffer.alloc(0);
    if (fieldValue(head.fields, "transfer-encoding")?.toLowerCase() === "chunked") {
      return this.#readChunks();
    }
    const length = fieldValue(head.fields, "content-length");
    if (length !== undefined) return this.#source.take(Number(length));
    this.#usable = false;
    return this.#source.takeRest();
  }

  async #readChunks(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for (;;) {
      const line = await this.#source.takeLine();
      const size = Number.parseInt(line, 16);
      if (!/^[0-9a-f]+$/i.test(line)) throw new Error(`not a chunk size: ${JSON.stringify(line)}`);
      if (size === 0) break;
      chunks.push(await this.#source.take(size));
      const end = await this.#source.takeLine();
      if (end !== "") throw new Error(`a chunk is longer than its size: ${JSON.stringify(end)}`);
    }
    const trailer = await this.#source.takeLine();
    if (trailer !== "") throw new Error(`an unexpected trailer: ${JSON.stringify(trailer)}`);
    return Buffer.concat(chunks);
  }
}

type Head = Omit<RawResponse, "body">;

function requestBytes({ method, target, fields, body }: RawRequest): Buffer {
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.concat([
    Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines}\r\n`, "latin1"),
    body,
  ]);
}

function parseHead(text: string): Head {
  const [statusLine = "", ...lines] = text.split("\r\n");
  const [, status, reason = ""] = /^HTTP\/1\.1 (\d{3}) (.*)$/.exec(statusLine) ?? [];
  if (status === undefined) throw new Error(`not a status line: ${JSON.stringify(statusLine)}`);
  return { status: Number(status), reason, fields: lines.map(parseField) };
}

/** Takes exact portions out of a socket's bytes. */
class ByteSource {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    // Only this class reads the socket, and no encoding is set, so the chunks are Buffers.
    this.#chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  async takeHead(): Promise<string> {
    const head = await this.#takeUntil("\r\n\r\n");
    return head.toString("latin1");
  }

  async takeLine(): Promise<string> {
    const line = await this.#takeUntil("\r\n");
    return line.toString("latin1");
  }

  async take(size: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let missing = size;
    while (missing > 0) {
      if (this.#rest.length === 0) this.#rest = await this.#nextChunk();
      const part = this.#rest.subarray(0, missing);
      parts.push(part);
      this.#rest = this.#rest.subarray(part.length);
      missing -= part.length;
    }
    return Buffer.concat(parts);
  }

  async takeRest(): Promise<Buffer> {
    const parts = [this.#rest];
    this.#rest = Buffer.alloc(0);
    for (;;) {
      const { done, value } = await this.#chunks.next();
      if (done === true) return Buffer.concat(parts);
      parts.push(value);
    }
  }

  async #takeUntil(end: string): Promise<Buffer> {
    for (;;) {
      const found = this.#rest.indexOf(end);
      if (found >= 0) {
        const taken = this.#rest.subarray(0, found);
        this.#rest = this.#rest.subarray(found + end.length);
        return taken;
      }
      if (this.#rest.length > MAX_HEAD_BYTES) throw new Error("the response's head is too long");
      this.#rest = Buffer.concat([this.#rest, await this.#nextChunk()]);
    }
  }

  async #nextChunk(): Promise<Buffer> {
    const { done, value } = await this.#chunks.next();
    if (done === true) {
      const seen = JSON.stringify(this.#rest.toString("latin1").slice(0, 200));
      throw new Error(`the server closed the connection in mid-response, after ${seen}`);
    }
    return value;
  }
}
