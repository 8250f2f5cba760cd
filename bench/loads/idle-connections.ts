/** Connections that have had an answer each and lie open since. */
import { ClientConnection } from "../../src/client/client-connection.ts";
import type { RunningServer } from "./load.ts";

/** Milliseconds until a connection's answer; a server that serves others first takes longer. */
const longestSilence = 5_000;
/** Below any server's backlog. */
const openedAtOnce = 100;
/** Servers bound the connections of one client address, Portico at 4,096. */
const connectionsOfAnAddress = 2_000;

export class IdleConnections implements Disposable {
  readonly #server: RunningServer;
  readonly #connections: ClientConnection[] = [];

  /** @throws when one of them gets no answer, with the number of those that did */
  static async open(server: RunningServer, count: number): Promise<IdleConnections> {
    const idle = new IdleConnections(server);
    try {
      while (idle.#connections.length < count) await idle.#openSome(count);
      return idle;
    } catch (error) {
      const served = idle.#connections.length;
      idle[Symbol.dispose]();
      const found = `${served} of ${count} connections were answered, then one was not: ${error}`;
      const remedy = "if the server has no such limit, allow more open files (ulimit -n)";
      throw new Error(`${found}; ${remedy}`, { cause: error });
    }
  }

  private constructor(server: RunningServer) {
    this.#server = server;
  }

  /** @throws when the server has closed one meanwhile, or answers on it no more */
  async verify(): Promise<void> {
    let answered = 0;
    try {
      for (let first = 0; first < this.#connections.length; first += openedAtOnce) {
        const some = this.#connections.slice(first, first + openedAtOnce);
        await Promise.all(some.map((connection) => this.#ask(connection)));
        answered += some.length;
      }
    } catch (error) {
      const count = this.#connections.length;
      const found = `the server kept about ${answered} of ${count} idle connections`;
      throw new Error(`${found}: ${error}`, { cause: error });
    }
  }

  /** Resets them: thousands of closed ones would keep their ports for another minute. */
  [Symbol.dispose](): void {
    for (const { socket } of this.#connections) socket.resetAndDestroy();
    this.#connections.length = 0;
  }

  async #openSome(count: number): Promise<void> {
    const first = this.#connections.length;
    const places = Array.from(
      { length: Math.min(openedAtOnce, count - first) },
      (_, i) => first + i,
    );
    const opened = await Promise.allSettled(places.map((place) => this.#openAt(place)));
    for (const each of opened) {
      if (each.status === "fulfilled") this.#connections.push(each.value);
    }
    const failed = opened.find((each) => each.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  async #openAt(place: number): Promise<ClientConnection> {
    const address = {
      host: "127.0.0.1",
      port: this.#server.port,
      localAddress: `127.0.0.${2 + Math.floor(place / connectionsOfAnAddress)}`,
    };
    const connection = await ClientConnection.open(address, longestSilence);
    try {
      await this.#ask(connection);
      return connection;
    } catch (error) {
      connection.socket.resetAndDestroy();
      throw error;
    }
  }

  /** Its silence counts only while it is asked. */
  async #ask(connection: ClientConnection): Promise<void> {
    const { path } = this.#server.exchange;
    connection.socket.setTimeout(longestSilence);
    connection.request("GET", path);
    const { status, isWhole } = await connection.answer();
    connection.socket.setTimeout(0);
    if (status !== 200 || !isWhole) throw new Error(`GET ${path} was answered with ${status}`);
  }
}
