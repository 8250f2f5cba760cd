/** Asks a server over its control socket. */
import { request } from "node:http";
import { codeOf } from "../buffers/system-error.ts";

export interface ControlAnswer {
  readonly status: number;
  /** What its JSON says. */
  readonly value: unknown;
}

/** Nobody answers at a socket; `isGone` where nobody listens there any more. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
  readonly isGone: boolean;
  readonly exitCode: number;

  constructor(path: string, reason: string, isGone: boolean, options?: ErrorOptions) {
    super(`${path}: ${reason}`, options);
    this.isGone = isGone;
    this.exitCode = isGone ? 3 : 1;
  }
}

/** How long an answer may take that does not wait for workers, in milliseconds. */
const PATIENCE = 10_000;

/** What a socket says whose server has ended, at whatever moment. */
const GONE = ["ENOENT", "ECONNREFUSED", "ECONNRESET", "EPIPE"];

export class ControlClient {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** @throws {NoAnswerError} */
  get(target: string, patience: number = PATIENCE): Promise<ControlAnswer> {
    return this.#ask("GET", target, patience);
  }

  /** @throws {NoAnswerError} */
  post(target: string): Promise<ControlAnswer> {
    return this.#ask("POST", target, PATIENCE);
  }

  /** For what takes as long as it takes: the server's limits, or its end, end the waiting. @throws {NoAnswerError} */
  postAndWait(target: string): Promise<ControlAnswer> {
    return this.#ask("POST", target, undefined);
  }

  #ask(method: string, path: string, patience: number | undefined): Promise<ControlAnswer> {
    const signal = patience === undefined ? {} : { signal: AbortSignal.timeout(patience) };
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(this.#noAnswer(error, patience));
      const options = { socketPath: this.path, method, path, agent: false, ...signal };
      const asked = request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", fail);
        response.once("end", () => {
          try {
            const value: unknown = JSON.parse(Buffer.concat(chunks).toString());
            resolve({ status: response.statusCode ?? 0, value });
          } catch (error) {
            reject(
              new NoAnswerError(this.path, "what answers is no Portico", false, { cause: error }),
            );
          }
        });
      });
      asked.once("error", fail).end();
    });
  }

  #noAnswer(error: Error, patience: number | undefined): NoAnswerError {
    const code = codeOf(error);
    const isLate = error.name === "TimeoutError" || error.name === "AbortError";
    const reason = isLate ? `no answer within ${(patience ?? 0) / 1000} s` : REASONS[code];
    const options = { cause: error };
    return new NoAnswerError(this.path, reason ?? error.message, GONE.includes(code), options);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such socket",
  ECONNREFUSED: "nobody listens on it any more",
  ECONNRESET: "the server has ended",
  EPIPE: "the server has ended",
  EACCES: "permission denied; be the user who runs the server, or root",
  ENOTSOCK: "it is no socket",
};
