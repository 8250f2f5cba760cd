/** A client that tries the application out, and judges what every answer owes. */
import {
  type Answer,
  ClientConnection,
  ConnectionEnded,
  type RequestParts,
  ServerSilent,
} from "../client/client-connection.ts";
import { type FieldList, fieldValue } from "../client/field-list.ts";
import type { OnFinding } from "../wsgi/lint/finding.ts";
import type { PathAnswers } from "./answers.ts";
import type { CheckedProcess } from "./checked-process.ts";
import type { ClientRule } from "./rules.ts";

export interface VisitorOptions {
  readonly start: () => Promise<CheckedProcess>;
  /** How long the application may keep a client waiting, in seconds; 0 for ever. */
  readonly timeout: number;
  /** What every request has. */
  readonly fields: FieldList;
  readonly onFinding: OnFinding;
}

/** The application has ended or hung too often for more requests to be of use. */
export class GaveUp extends Error {
  override readonly name: string = "GaveUp";
}

/** What has been read of an answer is enough. */
class EndlessAnswer extends Error {
  override readonly name: string = "EndlessAnswer";
}

/** How much of an answer is read before its client leaves, and for how long; then it is endless. */
const MAX_ANSWER = { bytes: 32 * 1024 ** 2, milliseconds: 2_000 };

/** How long one is read where the last of its target was endless, or one of another target. */
const AFTER_ENDLESS = { same: 50, other: 250 };

/** Characters of a target that a finding shows. */
const MAX_TARGET = 80;

/** How often it is looked how much has come, in milliseconds. */
const LOOK_EVERY = 25;

/** Requests without an answer after which nothing more is tried. */
const MAX_TROUBLES = 3;

/** What the gateway needs to answer 504 itself, in milliseconds. */
const GATEWAY_LATENESS = 1_000;

/** What Portico's gateway says of the application by its status. */
const GATEWAY_TIMEOUT = 504;
const WORKER_LOST = 502;

export class Visitor implements AsyncDisposable {
  readonly #options: VisitorOptions;
  #process: CheckedProcess;
  #reviving: Promise<void> | undefined;
  #troubles = 0;
  /** How many requests have been sent. */
  requests = 0;
  /** The last request that was sent: the method, and the target as it stood on the wire. */
  current = "";
  hasSeenContentLength = false;
  /** How often each target was answered with each status. */
  readonly #answers = new Map<string, Record<string, number>>();
  /** Targets whose answers do not come to an end: a stream of events is legal. */
  readonly #endless = new Set<string>();

  private constructor(options: VisitorOptions, process: CheckedProcess) {
    this.#options = options;
    this.#process = process;
  }

  /** @throws {NotLoadedError} */
  static async open(options: VisitorOptions): Promise<Visitor> {
    return new Visitor(options, await options.start());
  }

  get runtimes(): readonly string[] {
    return this.#process.runtimes;
  }

  get hasInnerLint(): boolean {
    return this.#process.hasInnerLint;
  }

  get statuses(): ReadonlySet<number> {
    return new Set([...this.#answers.values()].flatMap((each) => Object.keys(each).map(Number)));
  }

  answersAt(path: string): PathAnswers {
    return { path, statuses: this.#answers.get(path) ?? {} };
  }

  find(rule: ClientRule, evidence: string, request: string): void {
    this.#options.onFinding({ rule, evidence, request });
  }

  /**
   * One request on a connection of its own; without an answer, or with an endless one, there is
   * nothing to judge further.
   * @throws {GaveUp}
   */
  async ask(method: string, target: string, parts: RequestParts = {}): Promise<Answer | undefined> {
    const process = this.#process;
    const request = this.#announce(method, target);
    try {
      using connection = await this.#connect(process);
      connection.request(method, target, { ...parts, fields: this.#fieldsOf(parts, process) });
      const answer = await this.#wholeAnswer(connection, method, target);
      this.#count(answer, target);
      await this.#judge(answer, process, request);
      return answer;
    } catch (error) {
      if (error instanceof EndlessAnswer) return undefined;
      await this.#judgeSilence(error, process, request);
      return undefined;
    }
  }

  /** Sends bytes of a request and leaves: at once, or when its answer has begun. @throws {GaveUp} */
  async leave(
    request: { readonly method: string; readonly target: string; readonly rest: string },
    when: "at once" | "after the head",
  ): Promise<void> {
    const process = this.#process;
    const name = this.#announce(request.method, request.target);
    try {
      using connection = await this.#connect(process);
      const fields = this.#fieldsOf({}, process).map((field) => `${field.join(": ")}\r\n`);
      const { method, target, rest } = request;
      connection.send(`${method} ${target} HTTP/1.1\r\n${fields.join("")}${rest}`);
      if (when === "after the head") await connection.head();
    } catch (error) {
      await this.#judgeSilence(error, process, name);
    }
  }

  /** Waits until the application has ended what it was asked, and lint has said all about it. */
  async finish(): Promise<void> {
    await this.#process.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // One of several requests may have given up while another waits for a new process.
    await this.#reviving?.catch(() => {});
    await this.#process[Symbol.asyncDispose]();
  }

  #announce(method: string, target: string): string {
    this.requests += 1;
    this.current = `${method} ${target.slice(0, MAX_TARGET)}`;
    return this.current;
  }

  /** Frameworks refuse hosts that they do not know; localhost is the one they know in development. */
  #fieldsOf({ fields = [], version }: RequestParts, { port }: CheckedProcess): FieldList {
    const all = [...this.#options.fields, ...fields];
    const isComplete = version === "HTTP/1.0" || fieldValue(all, "Host") !== undefined;
    return isComplete ? all : [["Host", `localhost:${port}`], ...all];
  }

  #connect({ port }: CheckedProcess): Promise<ClientConnection> {
    const { timeout } = this.#options;
    // A socket that may be silent for 0 ms may be so for ever.
    const patience = timeout === 0 ? 0 : timeout * 1000 + GATEWAY_LATENESS;
    return ClientConnection.open(port, patience);
  }

  async #wholeAnswer(
    connection: ClientConnection,
    method: string,
    target: string,
  ): Promise<Answer> {
    const { socket } = connection;
    const longest = this.#longestFor(target);
    let begunAt = Number.POSITIVE_INFINITY;
    const look = setInterval(() => {
      if (socket.bytesRead > 0) begunAt = Math.min(begunAt, performance.now());
      if (socket.bytesRead < MAX_ANSWER.bytes && performance.now() - begunAt < longest) return;
      this.#endless.add(target);
      socket.destroy(new EndlessAnswer());
    }, LOOK_EVERY);
    try {
      return await connection.answer(method);
    } finally {
      clearInterval(look);
    }
  }

  #longestFor(target: string): number {
    if (this.#endless.has(target)) return AFTER_ENDLESS.same;
    return this.#endless.size > 0 ? AFTER_ENDLESS.other : MAX_ANSWER.milliseconds;
  }

  #count({ status }: Answer, target: string): void {
    const counted = this.#answers.get(target) ?? {};
    this.#answers.set(target, { ...counted, [status]: (counted[status] ?? 0) + 1 });
  }

  async #judge(answer: Answer, process: CheckedProcess, request: string): Promise<void> {
    const { status, fields, isWhole, body } = answer;
    this.hasSeenContentLength ||= fields.some(([name]) => name.toLowerCase() === "content-length");
    if (!isWhole) {
      this.find("answers-whole", `the answer is cut off after ${body.length} bytes`, request);
    }
    if (status === 500) this.find("no-server-error", "the answer is 500", request);
    if (status === WORKER_LOST) {
      const end = await process.workersEnd();
      this.find("process-survives", `while it ran the request, the worker ${end}`, request);
    }
    if (status === GATEWAY_TIMEOUT) this.#findLate(request);
    if (status === WORKER_LOST || status === GATEWAY_TIMEOUT) this.#endure();
  }

  async #judgeSilence(error: unknown, process: CheckedProcess, request: string): Promise<void> {
    const isKnown = error instanceof ConnectionEnded || error instanceof ServerSilent;
    const isRefused = error instanceof Error && "code" in error;
    if (!isKnown && !isRefused) throw error;
    if (error instanceof ServerSilent) this.#findLate(request);
    const lives = await process.isResponsive();
    if (!lives) await this.#revive(process, request, error instanceof ServerSilent);
    else if (!(error instanceof ServerSilent)) {
      this.find("answers-whole", "the connection ended without an answer", request);
    }
    this.#endure();
  }

  #findLate(request: string): void {
    this.find("answers-in-time", `nothing came within ${this.#options.timeout} s`, request);
  }

  /** Of several requests that found the same process gone, the first starts another. */
  async #revive(gone: CheckedProcess, request: string, isHung: boolean): Promise<void> {
    if (this.#process === gone) this.#reviving ??= this.#replace(gone, request, isHung);
    await this.#reviving;
    this.#reviving = undefined;
  }

  async #replace(gone: CheckedProcess, request: string, isHung: boolean): Promise<void> {
    if (isHung) gone.kill();
    const end = await gone.end();
    // Who finds it gone may have come after whoever ended it.
    const evidence = `before or while it ran the request, the process ${end}`;
    if (!isHung) this.find("process-survives", evidence, request);
    this.#process = await this.#options.start();
  }

  #endure(): void {
    this.#troubles += 1;
    if (this.#troubles >= MAX_TROUBLES) {
      throw new GaveUp(`${this.#troubles} requests were not answered`);
    }
  }
}
