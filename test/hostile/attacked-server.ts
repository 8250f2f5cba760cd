/** A server with the application of test/apps/attacked, and what can be told of it from outside. */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ask } from "../../src/client/client-connection.ts";
import {
  type MakeServerOptions,
  makeServer,
  type RunningServer,
} from "../../src/embed/make-server.ts";
import { python } from "../../src/embed/python.ts";
import { lint } from "../../src/middleware/lint.ts";
import type { OnFinding } from "../../src/wsgi/lint/finding.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { application as attacked, type Behaviour, type Report } from "../apps/attacked.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { KeptLog } from "../support/serve-application.ts";
import { until } from "../support/until.ts";

export type Engine = "in-process" | "cpython";

/** What the log says where the fault is Portico's, or a worker is lost. */
const FAULT = /because of an error in portico|another takes its place|cannot be started/;

/** Short, so that the cases which wait for them are; milliseconds. */
const SHORT_TIMEOUTS = { head: 500, body: 500, keepAlive: 500, linger: 500 } as const;

const APPLICATIONS: Readonly<
  Record<Engine, (log: KeptLog, onFinding: OnFinding | undefined) => Application>
> = {
  "in-process": (_log, onFinding) => (onFinding ? lint(attacked, { onFinding }) : attacked),
  cpython: ({ logger }, onFinding) =>
    python("attacked.py", {
      directory: join(repositoryRoot, "test", "apps"),
      log: logger,
      ...(onFinding && { lint: true, onFinding }),
    }),
};

export class AttackedServer implements AsyncDisposable {
  readonly engine: Engine;
  readonly log: KeptLog;
  readonly #patient: RunningServer;
  readonly #impatient: RunningServer;
  #process = 0;
  #openFiles = 0;

  private constructor(
    engine: Engine,
    log: KeptLog,
    patient: RunningServer,
    impatient: RunningServer,
  ) {
    this.engine = engine;
    this.log = log;
    this.#patient = patient;
    this.#impatient = impatient;
  }

  /** The application is under lint where somebody is to be told what that finds. */
  static async open(engine: Engine, onFinding?: OnFinding): Promise<AttackedServer> {
    const log = new KeptLog();
    const application = APPLICATIONS[engine](log, onFinding);
    // The attackers are on this machine, which is a trusted proxy otherwise.
    const proxies = { forwardedAllowIps: "192.0.2.1" };
    const options: MakeServerOptions = { log: log.logger, proxies };
    const patient = await makeServer("127.0.0.1", 0, application, options);
    const impatient = await makeServer("127.0.0.1", 0, application, {
      ...options,
      timeouts: SHORT_TIMEOUTS,
    });
    patient.start();
    impatient.start();
    const server = new AttackedServer(engine, log, patient, impatient);
    await server.report();
    server.#process = (await server.report()).process;
    server.#openFiles = server.#countOpenFiles();
    return server;
  }

  get port(): number {
    return this.#patient.port;
  }

  /** Of the same application behind {@link SHORT_TIMEOUTS}. */
  get impatientPort(): number {
    return this.#impatient.port;
  }

  async behave(behaviour: Behaviour): Promise<void> {
    const body = Buffer.from(JSON.stringify(behaviour));
    const { status } = await ask(this.port, "POST", "/control/behave", { body });
    assert.equal(status, 200);
  }

  /** What the application saw since it was asked last. */
  async report(): Promise<Report> {
    const answer = await ask(this.port, "POST", "/control/report");
    assert.equal(answer.status, 200, "the server does not answer any more");
    // attacked.ts and attacked.py say the same.
    return JSON.parse(answer.body.toString()) as Report;
  }

  /** Asserts that an attack has cost neither a worker nor a file descriptor, and no fault was found. */
  async assertUnharmed(report: Report): Promise<void> {
    assert.equal(report.process, this.#process, "a worker was lost");
    assert.doesNotMatch(this.log.text, FAULT);
    await until("every file that was opened is closed", () => {
      return this.#countOpenFiles() <= this.#openFiles;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#patient.close(0), this.#impatient.close(0)]);
  }

  /** Of the server's process, which is the client's too, and of the worker; Linux alone tells. */
  #countOpenFiles(): number {
    const folders = new Set(["/proc/self/fd", `/proc/${this.#process}/fd`]);
    return [...folders]
      .filter((folder) => existsSync(folder))
      .reduce((sum, folder) => sum + readdirSync(folder).length, 0);
  }
}
