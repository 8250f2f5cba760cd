/** One call of an application without a socket: its environ, lint around it, and what becomes of it. */
import { earlyHintsHead } from "../gateway/early-hints.ts";
import { LogErrorStream } from "../gateway/error-stream.ts";
import { ApplicationError, runApplication } from "../gateway/run-application.ts";
import type { Finding } from "../wsgi/lint/finding.ts";
import { formatFinding } from "../wsgi/lint/format-finding.ts";
import { RULES } from "../wsgi/lint/rules.ts";
import { makeLint } from "../wsgi/lint.ts";
import type { Application, EarlyHints, HeaderList } from "../wsgi/types.ts";
import type { CallReport } from "./answer-head.ts";
import type { RequestOptions } from "./request-options.ts";
import { environOf, headOf, type TestRequest, urlOf } from "./test-request.ts";
import { type AnswerSink, TestWriter } from "./test-writer.ts";

type CallOptions = Pick<RequestOptions, "environ" | "lint" | "signal">;

/** The application, or a middleware, breaks the contract: a line for each rule, with the remedy. */
export class LintError extends Error {
  override readonly name: string = "LintError";
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    super(findings.map((finding) => formatFinding(finding, "typescript")).join("\n"));
    this.findings = findings;
  }
}

// Neither a clock nor a collector: what they tell depends on the machine, and tests must not.
const lint = makeLint();

export class Call {
  readonly request: TestRequest;
  readonly #options: CallOptions;
  readonly #closed = new AbortController();
  readonly #earlyHints: HeaderList[] = [];
  readonly #findings: Finding[] = [];
  #errors = "";
  #hasBegun = false;

  constructor(request: TestRequest, options: CallOptions) {
    this.request = request;
    this.#options = options;
  }

  /** The client is gone: the application is told, and nothing that it still gives is taken. */
  leave(reason?: unknown): void {
    this.#closed.abort(reason);
  }

  /** Whether the answer has begun. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /**
   * Resolves when the application has given all of its answer.
   * @throws {RemoteProtocolError} a server would refuse the request
   * @throws {LintError} the application breaks the contract
   * @throws whatever the application throws, and the reason of the signal that the client leaves at
   */
  run(application: Application, sink: AnswerSink): Promise<void> {
    const { signal } = this.#options;
    if (signal === undefined) return this.#run(application, sink);
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const leave = (): void => {
        this.leave(signal.reason);
        reject(signal.reason);
      };
      signal.addEventListener("abort", leave, { once: true });
      const running = this.#run(application, sink);
      running.then(resolve, reject);
      void running.catch(() => {}).finally(() => signal.removeEventListener("abort", leave));
    });
  }

  async #run(application: Application, sink: AnswerSink): Promise<void> {
    const head = headOf(this.request);
    const errors = new LogErrorStream((text) => {
      this.#errors += text;
    });
    const { environ, body } = environOf(this.request, head, {
      closed: this.#closed.signal,
      earlyHints: () => this.#takeHints,
      errors,
    });
    Object.assign(environ, this.#options.environ);
    const begin = (answer: Parameters<AnswerSink["begin"]>[0]): void => {
      this.#hasBegun = true;
      sink.begin(answer);
    };
    const writer = new TestWriter(head, this.#closed.signal, {
      begin,
      take: (bytes) => sink.take(bytes),
    });
    try {
      await runApplication(this.#watched(application), environ, writer);
    } finally {
      errors.flush();
      await body?.close();
    }
    this.#judge();
  }

  report(error?: unknown): CallReport {
    return {
      url: urlOf(this.request),
      earlyHints: this.#earlyHints,
      errors: this.#errors,
      findings: this.#findings,
      error,
    };
  }

  readonly #takeHints: EarlyHints = (headers) => {
    const hints = earlyHintsHead(headers);
    if (this.#hasBegun) {
      throw new ApplicationError("wsgi.early_hints called after the response began");
    }
    this.#earlyHints.push(hints.headers.map(([name, value]) => [name, value]));
  };

  #watched(application: Application): Application {
    if (this.#options.lint === false) return application;
    return lint(application, { onFinding: (finding) => this.#findings.push(finding) });
  }

  /** What only should not be done, and what this client does, fails no test. */
  #judge(): void {
    const broken = this.#findings.filter(({ rule }) => {
      const { level, side } = RULES.get(rule) ?? {};
      return level === "MUST" && side !== "server";
    });
    if (broken.length > 0) throw new LintError(broken);
  }
}
