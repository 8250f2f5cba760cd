/** A server that serves the probe application, as its judges see it. */
import {
  type Answer,
  ClientConnection,
  type Remainder,
  type RequestParts,
} from "../client/client-connection.ts";
import { Checkpoint } from "./checkpoint.ts";
import type { Expectations } from "./expectations.ts";
import { type Facts, factsOf } from "./facts.ts";
import type { Outcome, Script, Step } from "./script.ts";

/** A request that has the application perform a script. */
export interface PerformanceParts extends RequestParts {
  readonly method?: string;
  /** To whom the application reports. */
  readonly judge?: Checkpoint;
}

/** A head that nobody could object to. */
export const START: Step = ["start", "200 OK", [["Content-Type", "text/plain"]]];

export class ProbedServer {
  readonly host: string;
  readonly port: number;
  /** How long a server that says nothing is waited for, in milliseconds. */
  readonly patience: number;
  readonly expectations: Expectations;

  constructor(host: string, port: number, patience = 2_000, expectations: Expectations = {}) {
    this.host = host;
    this.port = port;
    this.patience = patience;
    this.expectations = expectations;
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

  /** A place for the application to report to; it waits as long as a silent server is waited for. */
  async judge(): Promise<Checkpoint> {
    using connection = await this.connect();
    // Where the server sees its client, it also finds it.
    return await Checkpoint.open(connection.socket.localAddress, this.patience);
  }

  /** One performance on a connection of its own. */
  perform(
    script: Script,
    { method = "GET", judge, ...parts }: PerformanceParts = {},
  ): Promise<Answer> {
    return this.ask(method, scriptTarget(script, judge), parts);
  }

  /** What came of these steps, done when the application is called. */
  async outcomes(call: readonly Step[], parts: PerformanceParts = {}): Promise<readonly Outcome[]> {
    const answer = await this.perform({ call: [...call, START, ["answer"]] }, parts);
    return outcomesOf(answer);
  }

  /** What the application sees of a request. */
  async facts(target = "/environ", parts: RequestParts & { method?: string } = {}): Promise<Facts> {
    const { method = "GET", ...others } = parts;
    const answer = await this.ask(method, target, others);
    mustBeWhole(answer);
    return factsOf(answer.body);
  }
}

export function scriptTarget(script: Script, judge?: Checkpoint): string {
  const reportingTo = judge === undefined ? "" : `judge=${judge.port}&`;
  return `/script?${reportingTo}script=${encodeURIComponent(JSON.stringify(script))}`;
}

/** @throws {Error} it is no answer of outcomes */
export function outcomesOf(answer: Answer): readonly Outcome[] {
  mustBeWhole(answer);
  // The last step of the script answers so.
  return JSON.parse(answer.body.toString()) as readonly Outcome[];
}

function mustBeWhole({ status, isWhole }: Answer): void {
  if (status === 200 && isWhole) return;
  throw new Error(isWhole ? `it answered ${status}` : `it answered ${status}, and not to the end`);
}
