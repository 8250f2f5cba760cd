/** A client of RFC 6455 that sends any frame, right or wrong, and shows each frame that it gets. */
import { createHash } from "node:crypto";
import { ClientConnection, type RequestParts } from "../../src/client/client-connection.ts";
import { fieldValue } from "../../src/client/field-list.ts";

export const OPCODES = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

export interface Frame {
  /** A number for one that has no name. */
  readonly opcode: keyof typeof OPCODES | number;
  readonly payload?: string | Uint8Array;
  /** `false` where more fragments follow. */
  readonly fin?: boolean;
  /** The three reserved bits: 4, 2 and 1. */
  readonly rsv?: number;
  readonly masked?: boolean;
}

export interface ReceivedFrame {
  readonly opcode: number;
  readonly fin: boolean;
  readonly payload: Buffer;
}

const MASK = Buffer.from([1, 2, 3, 4]);
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

export const HANDSHAKE: RequestParts = {
  fields: [
    ["Connection", "Upgrade"],
    ["Upgrade", "websocket"],
    ["Sec-WebSocket-Version", "13"],
    ["Sec-WebSocket-Key", KEY],
  ],
};

/** RFC 6455 §5.2. */
export function frameBytes({
  opcode,
  payload = "",
  fin = true,
  rsv = 0,
  masked = true,
}: Frame): Buffer {
  const data = Buffer.from(payload);
  const code = typeof opcode === "number" ? opcode : OPCODES[opcode];
  const first = (fin ? 0x80 : 0) | (rsv << 4) | code;
  const head = Buffer.concat([Buffer.from([first]), lengthBytes(data.length, masked)]);
  if (!masked) return Buffer.concat([head, data]);
  for (let at = 0; at < data.length; at += 1) data[at] = (data[at] ?? 0) ^ (MASK[at % 4] ?? 0);
  return Buffer.concat([head, MASK, data]);
}

function lengthBytes(length: number, masked: boolean): Buffer {
  const bit = masked ? 0x80 : 0;
  if (length < 126) return Buffer.from([bit | length]);
  if (length < 65_536) {
    const bytes = Buffer.from([bit | 126, 0, 0]);
    bytes.writeUInt16BE(length, 1);
    return bytes;
  }
  const bytes = Buffer.alloc(9, bit | 127);
  bytes.writeBigUInt64BE(BigInt(length), 1);
  return bytes;
}

/** The payload of a close frame. */
export function closing(code: number, reason: string | Uint8Array = ""): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
}

export class WebSocketClient implements Disposable {
  readonly connection: ClientConnection;

  private constructor(connection: ClientConnection) {
    this.connection = connection;
  }

  /** `behind` leaves in one piece with the handshake. */
  static async open(
    port: number,
    target = "/",
    behind: Uint8Array = new Uint8Array(),
  ): Promise<WebSocketClient> {
    const connection = await ClientConnection.open(port);
    connection.socket.cork();
    connection.request("GET", target, HANDSHAKE);
    if (behind.length > 0) connection.send(behind);
    connection.socket.uncork();
    const { status, fields } = await connection.head();
    const accept = createHash("sha1")
      .update(KEY + GUID)
      .digest("base64");
    if (status !== 101 || fieldValue(fields, "sec-websocket-accept") !== accept) {
      connection[Symbol.dispose]();
      throw new Error(`the handshake was answered with ${status}`);
    }
    return new WebSocketClient(connection);
  }

  send(...frames: readonly Frame[]): void {
    this.connection.send(Buffer.concat(frames.map(frameBytes)));
  }

  async frame(): Promise<ReceivedFrame> {
    const [first = 0, second = 0] = await this.connection.take(2);
    const payload = await this.connection.take(await this.#length(second & 0x7f));
    return { opcode: first & 0x0f, fin: (first & 0x80) !== 0, payload };
  }

  /** The text of the next frame, with the name of its kind: `text hello`, `close 1000`. */
  async next(): Promise<string> {
    const { opcode, payload } = await this.frame();
    const [name = String(opcode)] =
      Object.entries(OPCODES).find(([, code]) => code === opcode) ?? [];
    if (name !== "close") return `${name} ${payload.toString()}`;
    return payload.length === 0 ? "close" : `close ${payload.readUInt16BE(0)}`;
  }

  [Symbol.dispose](): void {
    this.connection[Symbol.dispose]();
  }

  async #length(first: number): Promise<number> {
    if (first < 126) return first;
    if (first === 126) return (await this.connection.take(2)).readUInt16BE(0);
    return Number((await this.connection.take(8)).readBigUInt64BE(0));
  }
}
