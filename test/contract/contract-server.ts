/** A server under the contract, asked where its application is to be found. */

import type { Socket } from "node:net";
import {
  type Answer,
  ClientConnection,
  connected,
  type RequestParts,
  requestBytes,
} from "../../src/client/client-connection.ts";
import type { ReadableLog } from "../support/recorded-log.ts";

/** What serves test/apps/everything in one of the ways there are. */
export interface Served extends AsyncDisposable {
  readonly port: number;
  readonly log: ReadableLog;
  /** Where a connection is to begin with more than TCP has. */
  readonly openSocket?: () => Promise<Socket>;
  /** `http` if not given. */
  readonly scheme?: "http" | "https";
}

export class ContractServer implements AsyncDisposable {
  /** The path below which the application is mounted; empty for the root. */
  readonly prefix: string;
  readonly #served: Served;

  constructor(served: Served, prefix = "") {
    this.#served = served;
    this.prefix = prefix;
  }

  get port(): number {
    return this.#served.port;
  }

  get scheme(): "http" | "https" {
    return this.#served.scheme ?? "http";
  }

  get log(): ReadableLog {
    return this.#served.log;
  }

  async connect(): Promise<ClientConnection> {
    const { openSocket = () => connected(this.port) } = this.#served;
    return new ContractConnection(await openSocket(), this);
  }

  /** One request on a connection of its own. */
  async ask(method: string, target: string, parts: RequestParts = {}): Promise<Answer> {
    using connection = await this.connect();
    connection.request(method, target, parts);
    return await connection.answer(method);
  }

  /** The bytes of a request for what the application has at `target`. */
  bytes(method: string, target: string, parts: RequestParts = {}): Buffer {
    return requestBytes(method, this.target(target), parts);
  }

  /** The request-target of what the application has at this one, in origin or absolute form. */
  target(target: string): string {
    const [, authority = "", rest] = /^(https?:\/\/[^/?]*)?(\/.*)?$/.exec(target) ?? [];
    if (this.prefix === "" || (authority === "" && rest === undefined)) return target;
    return `${authority}${this.prefix}${rest ?? "/"}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#served[Symbol.asyncDispose]();
  }
}

/** Asks for what the application has, wherever that is mounted. */
class ContractConnection extends ClientConnection {
  readonly #server: ContractServer;

  constructor(socket: Socket, server: ContractServer) {
    super(socket);
    this.#server = server;
  }

  override request(method: string, target: string, parts: RequestParts = {}): void {
    this.send(this.#server.bytes(method, target, parts));
  }
}
