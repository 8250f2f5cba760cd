/** An application behind a real server on a free port, its log and its exchanges kept. */

import {
  type Answer,
  ask,
  ClientConnection,
  type RequestParts,
} from "../../src/client/client-connection.ts";
import {
  type MakeServerOptions,
  makeServer,
  type RunningServer,
} from "../../src/embed/make-server.ts";
import type { Exchange } from "../../src/frontends/http1/server-context.ts";
import { createLogger, type Logger } from "../../src/log/logger.ts";
import type { Application } from "../../src/wsgi/types.ts";
import type { ReadableLog } from "./recorded-log.ts";

/** A log that a test can wait for. */
export class KeptLog implements ReadableLog {
  text = "";
  #watchers: (() => void)[] = [];
  readonly logger: Logger = createLogger({ destination: this });

  write(text: string): void {
    this.text += text;
    for (const watcher of this.#watchers.splice(0)) watcher();
  }

  /** What is waited for is from here on new. */
  forget(): void {
    this.text = "";
  }

  async said(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.text);
      if (match !== null) return match[1] ?? match[0];
      await new Promise<void>((resolve) => {
        this.#watchers.push(resolve);
      });
    }
  }
}

export class ServedApplication implements AsyncDisposable {
  readonly server: RunningServer;
  readonly log: KeptLog;
  /** What the server reported of answered requests. */
  readonly exchanges: readonly Exchange[];

  constructor(server: RunningServer, log: KeptLog, exchanges: readonly Exchange[]) {
    this.server = server;
    this.log = log;
    this.exchanges = exchanges;
  }

  get port(): number {
    return this.server.port;
  }

  connect(): Promise<ClientConnection> {
    return ClientConnection.open(this.port);
  }

  ask(method: string, target: string, parts: RequestParts = {}): Promise<Answer> {
    return ask(this.port, method, target, parts);
  }

  /** Cuts what a failed test may have left open. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close(0);
  }
}

export async function serveApplication(
  application: Application,
  options: MakeServerOptions = {},
  log: KeptLog = new KeptLog(),
): Promise<ServedApplication> {
  const exchanges: Exchange[] = [];
  const server = await makeServer("127.0.0.1", 0, application, {
    log: log.logger,
    onExchange: (exchange) => exchanges.push(exchange),
    ...options,
  });
  server.start();
  return new ServedApplication(server, log, exchanges);
}
