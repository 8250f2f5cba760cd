/** A server that serves the probe application, as its judges see it. */
import {
  type Answer,
  ClientConnection,
  type Remainder,
  type RequestParts,
} from "../client/client-connection.ts";

export class ProbedServer {
  readonly host: string;
  readonly port: number;
  /** How long a server that says nothing is waited for, in milliseconds. */
  readonly patience: number;

  constructor(host: string, port: number, patience = 2_000) {
    this.host = host;
    this.port = port;
    this.patience = patience;
  }

  /** Whoever opens it ends it; silence longer than the server's patience is an error. */
  connect(): Promise<ClientConnection> {
    return ClientConnection.open({ host: this.host, port: this.port }, this.patience);
  }

  /** One request on a connection of its own. */
  async ask(method: string, target: string, parts: RequestParts = {}): Promise<Answer> {
    using connection = await this.connect();
    connection.request(method, target, parts);
    return await connection.answer(method);
  }

  /** Sends bytes as they are, and takes all that comes until the end or until nothing does. */
  async tell(bytes: string | Uint8Array): Promise<Remainder> {
    using connection = await this.connect();
    connection.send(bytes);
    return await connection.remainder();
  }
}
