/** Where a response goes. Each front end makes one for each request. */
import type { ResponseHead } from "../http/events.ts";

export interface ResponseWriter {
  /** Whether body bytes still have a place: false for HEAD, 204, 205, 304 and past Content-Length. */
  readonly takesMoreData: boolean;

  /**
   * Whether the application has taken the connection over for another protocol: of what else it answers
   * nothing has a place. Front ends that cannot be left so have none.
   */
  readonly isTakenOver?: boolean;

  /** Whether bytes that were given wait in this process: they must not change yet. */
  readonly holdsBytes: boolean;

  /**
   * Sends the whole response: the short way for an answer that is complete. Undefined: all of it is
   * written; a promise: it is when that resolves. It rejects as that of {@link write} does.
   */
  respond(
    head: ResponseHead,
    chunks: readonly Uint8Array[],
    size: number,
  ): Promise<void> | undefined;

  writeHead(head: ResponseHead): void;

  /**
   * Passes a chunk on before it returns. Undefined: the next chunk is welcome at once; a promise:
   * it is when that resolves; it rejects with a {@link ClientDisconnected} when the client has gone.
   */
  write(chunk: Uint8Array): Promise<void> | undefined;

  /** @throws {LocalProtocolError} the body is shorter than its Content-Length */
  end(): void;
}

/** The client has closed its connection; nobody reads the rest. */
export class ClientDisconnected extends Error {
  override readonly name: string = "ClientDisconnected";

  constructor() {
    super("the client has closed its connection");
  }
}
