/** A group of Python processes, seen as one Application. */
import { resolve } from "node:path";
import { EnvironEncoder } from "../../bridge/environ-codec.ts";
import { buffers } from "../../buffers/buffers.ts";
import { requestSubject } from "../../log/log-subject.ts";
import type { Logger } from "../../log/logger.ts";
import type { ReloadOutcome } from "../../processes/generations.ts";
import type { EndingOfWorker, GroupStatus } from "../../processes/group-status.ts";
import { MemoryCgroup } from "../../processes/memory-cgroup.ts";
import { recyclingOf } from "../../processes/recycling.ts";
import { BootError, WorkerGroup } from "../../processes/worker-group.ts";
import { describeExit, SPAWN_FAILED } from "../../processes/worker-process.ts";
import type { OnFinding } from "../../wsgi/lint/finding.ts";
import type { Application, Environ, ResponseBody, StartResponse } from "../../wsgi/types.ts";
import { BridgeCall } from "../bridge-call.ts";
import type { Engine, EngineStats } from "../engine.ts";
import { LoadError } from "../errors.ts";
import { warmUp } from "../warm-up.ts";
import { launchOf } from "./cpython-source.ts";
import { Dispatcher } from "./dispatcher.ts";
import { findSource, isWithoutPython, mayDoWithPyodide } from "./find-source.ts";
import type { InterpreterSource } from "./interpreter-source.ts";
import { lintMode, milliseconds, type ResolvedPythonOptions } from "./python-options.ts";
import { PythonWorker } from "./python-worker.ts";
import { bodyInput, mayHaveBody, type RequestBody, readRequestBody } from "./request-body.ts";
import { Template } from "./template.ts";
import { Templates } from "./templates.ts";
import type { WorkerFacts } from "./worker-facts.ts";

const NO_CHANGES: readonly string[] = [];

const UNKNOWN: WorkerFacts = {
  pid: 0,
  implementation: "",
  version: "",
  executable: "",
  target: "",
  stacksSignal: 0,
};

/** Bytes of one answer that may be on their way to its client before its worker waits, at least. */
const WINDOW_BYTES = 1024 ** 2;

export class CPythonEngine implements Engine {
  readonly name = "cpython";
  readonly #target: string;
  readonly #options: ResolvedPythonOptions;
  readonly #log: Logger;
  #group: WorkerGroup;
  readonly #dispatcher: Dispatcher;
  readonly #directory: string;
  /** What workers are forked from, with `preload`. */
  readonly #templates: Templates | undefined;
  /** Of all workers, for all find the same. */
  #onFinding: OnFinding | undefined;
  readonly #encoder = new EnvironEncoder();
  #source: InterpreterSource | undefined;
  /** Of each worker. */
  #threads: number;
  /** What the first worker said of its Python. */
  #facts: WorkerFacts | undefined;
  /** Whether its workers have come up and were not told to end. */
  isRunning = false;

  constructor(target: string, options: ResolvedPythonOptions) {
    this.#target = target;
    this.#options = options;
    this.#threads = options.threads;
    this.#log = options.log;
    this.#onFinding = options.onFinding;
    this.#directory = resolve(options.directory);
    const templates = options.preload === true ? this.#makeTemplates() : undefined;
    this.#templates = templates;
    const timeout = milliseconds(options.timeout);
    const { maxQueued } = options;
    const queueTimeout = milliseconds(options.queueTimeout);
    this.#dispatcher = new Dispatcher({ maxQueued, queueTimeout, timeout });
    this.#group = this.#makeGroup();
  }

  /** @throws {LoadError} no such interpreter, or the application cannot be imported */
  async start(): Promise<Application> {
    if (this.#templates !== undefined && process.platform === "darwin") {
      this.#log.warning(
        "--preload: what macOS itself brings along may crash in a forked process; for trials alone",
      );
    }
    if (lintMode(this.#options.lint) !== "off") this.#onFinding ??= await this.#lineTeller();
    await this.#startWorkers();
    this.isRunning = true;
    this.#announce();
    return this.application;
  }

  async #startWorkers(): Promise<void> {
    const { sandbox = false, engine = "auto", requirements } = this.#options;
    if (engine === "cpython") {
      if (sandbox) throw new LoadError("--sandbox needs --engine pyodide", 2);
      if (requirements !== undefined) {
        throw new LoadError("--requirements needs --engine pyodide; for CPython, pip installs", 2);
      }
    }
    if (sandbox) return await this.#startWith("pyodide");
    if (engine !== "auto") return await this.#startWith(engine);
    try {
      await this.#startWith("cpython");
    } catch (error) {
      if (!mayDoWithPyodide(error, this.#options)) throw error;
      await this.#startInstead(error);
    }
  }

  /** @throws {LoadError} why CPython could not be used, if Pyodide cannot either */
  async #startInstead(reason: LoadError): Promise<void> {
    this.#group = this.#makeGroup();
    this.#source = undefined;
    try {
      await this.#startWith("pyodide");
    } catch (error) {
      const { message, exitCode, trace } = reason;
      // A module that is missing is missing in both, mostly, where nothing is installed for one.
      const isNews = isWithoutPython(reason) || this.#options.requirements !== undefined;
      if (!isNews) throw reason;
      if (!(error instanceof LoadError)) throw error;
      // There is but one Python: what it says of the application is what its author has to mend.
      if (isWithoutPython(reason) && this.#source !== undefined) {
        throw new LoadError(`${error.message} (${message})`, error.exitCode, error.trace);
      }
      throw new LoadError(`${message}; nor can Pyodide: ${error.message}`, exitCode, trace);
    }
    this.#log.info(`Pyodide runs the application, for CPython cannot: ${reason.message}`);
  }

  async #startWith(engine: "cpython" | "pyodide"): Promise<void> {
    const options = { ...this.#options, directory: this.#directory };
    this.#source = await findSource(engine, this.#target, options);
    if (engine === "pyodide") this.#doWithoutProcesses();
    try {
      await this.#group.start();
    } catch (error) {
      if (!(error instanceof BootError)) throw error;
      throw this.#loadError(error);
    }
  }

  get runtime(): string {
    const { implementation, version, executable } = this.#facts ?? UNKNOWN;
    return `${implementation} ${version}, ${executable} (${this.#source?.reason})`;
  }

  readonly application: Application = (environ, startResponse) => {
    if (!mayHaveBody(environ)) return this.#call(environ, startResponse, undefined);
    return this.#callWithBody(environ, startResponse);
  };

  /** What has not ended at `deadline` is killed, for the reason that it gives. */
  async stop(deadline: AbortSignal): Promise<void> {
    this.isRunning = false;
    const kill = (): void => this.#group.killAll(String(deadline.reason));
    if (deadline.aborted) kill();
    deadline.addEventListener("abort", kill, { once: true });
    await this.#group.stop();
    await this.#templates?.end();
    deadline.removeEventListener("abort", kill);
    this.#dispatcher.failQueued("the server stops");
  }

  reload(): Promise<ReloadOutcome> {
    return this.#group.reload();
  }

  resize(by: number): number {
    return this.#group.resize(by);
  }

  get group(): GroupStatus {
    return this.#group.status;
  }

  endWorker(pid: number, how: EndingOfWorker, why: string): boolean {
    return this.#group.end(pid, how, why);
  }

  get isWithoutWorkers(): boolean {
    return this.isRunning && this.#group.stages.ready === 0;
  }

  stats(): EngineStats {
    return {
      workers: this.#group.stages,
      ...this.#dispatcher.threads(this.#threads),
      busy: this.#dispatcher.busy,
      queued: this.#dispatcher.queued,
      served: this.#dispatcher.served,
      endings: this.#group.endings,
      pids: this.#group.pids.filter((pid) => pid !== undefined),
    };
  }

  /** The rules, which lines are made of, are loaded here: an engine without lint starts without them. */
  async #lineTeller(): Promise<OnFinding> {
    const { tellOnce } = await import("../../wsgi/lint/told-findings.ts");
    return tellOnce("python", (line) => this.#log.warning(line));
  }

  #announce(): void {
    const { workers } = this.#options;
    const { target } = this.#facts ?? UNKNOWN;
    this.#log.info(`Python: ${this.runtime}`);
    this.#log.info(
      `Serving ${target}: ${workers} worker(s) of ${this.#threads} thread(s), ${this.#source?.numbers} ${this.#group.pids.join(", ")}`,
    );
  }

  async #callWithBody(environ: Environ, startResponse: StartResponse): Promise<ResponseBody> {
    const body = await readRequestBody(bodyInput(environ));
    try {
      return await this.#call(environ, startResponse, body);
    } catch (error) {
      // A call that was never made does not end.
      body.release();
      throw error;
    }
  }

  #call(
    environ: Environ,
    startResponse: StartResponse,
    body: RequestBody | undefined,
  ): Promise<ResponseBody> {
    const call = this.#callOf(environ, startResponse, body);
    this.#dispatcher.submit(call);
    return call.answer;
  }

  #callOf(
    environ: Environ,
    startResponse: StartResponse,
    body: RequestBody | undefined,
  ): BridgeCall {
    const closed = environ["portico.closed"];
    const { sandbox = false } = this.#options;
    const changes = body === undefined ? NO_CHANGES : bodyNames(environ, body, sandbox);
    return new BridgeCall(
      {
        path: environ.PATH_INFO,
        line: `${environ.REQUEST_METHOD} ${environ.REQUEST_URI ?? environ.PATH_INFO}`,
        about: requestSubject(environ),
        // The signal is one for all requests of a connection, and no other's.
        environ: this.#encoder.encode(environ, changes, closed),
        body: body?.pieces,
        bodyFile: sandbox ? body?.path : undefined,
        closed,
        earlyHints: environ["wsgi.early_hints"],
        notes: environ["portico.engine"],
        onEnd: body?.release,
      },
      startResponse,
      this.#log,
    );
  }

  /** As gunicorn does, hooks call a worker's number its age. */
  #spawn(age: number, generation: number): PythonWorker {
    const { hooks } = this.#options;
    hooks?.onStarting(age);
    const worker = new PythonWorker({
      start: () => this.#templates?.fork(generation) ?? this.#started().start(),
      settings: this.#settings(age),
      wantsAbort: hooks?.wantsAbort ?? false,
      threads: this.#threads,
      window: windowBytes(),
      mayClaimFiles: this.#options.sandbox !== true,
      log: this.#log,
      warmUp: this.#warmUp(),
      onFinding: this.#onFinding,
      onFree: this.#dispatcher.free,
      onReturned: this.#dispatcher.returned,
      onGone: this.#dispatcher.gone,
    });
    this.#dispatcher.add(worker);
    void worker.ready.then(() => {
      this.#facts ??= worker.facts;
    });
    void worker.exited.then(({ isUnmade }) => {
      if (!isUnmade) hooks?.onEnded(age, worker.pid);
    });
    return worker;
  }

  #makeGroup(): WorkerGroup {
    const options = this.#options;
    const templates = this.#templates;
    return new WorkerGroup({
      workers: options.workers,
      bootTimeout: milliseconds(options.bootTimeout),
      heartbeatTimeout: milliseconds(options.timeout),
      drainTimeout: milliseconds(options.gracefulTimeout),
      recycling: recyclingOf(options),
      oomCounter: MemoryCgroup.find(),
      log: options.log,
      spawn: (id, generation) => this.#spawn(id, generation),
      ...(templates !== undefined && { onGenerations: (inUse) => templates.keep(inUse) }),
    });
  }

  #makeTemplates(): Templates {
    const start = (): Template =>
      new Template({
        launch: launchOf(this.#started().command, this.#directory, this.#options.env),
        // It runs the configuration of hooks, and none of them.
        settings: this.#settings(0),
        log: this.#log,
        describe: (exit) => this.#group.describe(exit),
      });
    return new Templates(start);
  }

  /** Says what of the settings Pyodide has no means for. */
  #doWithoutProcesses(): void {
    if (this.#templates !== undefined) throw new LoadError("--preload needs --engine cpython", 2);
    if (this.#threads === 1) return;
    this.#log.warning(
      "Pyodide has no threads: each worker runs one request at a time; give --workers",
    );
    this.#threads = 1;
  }

  /** Undefined only before the engine has started, when it has no worker either. */
  #started(): InterpreterSource {
    if (this.#source === undefined) throw new Error("the engine has not started");
    return this.#source;
  }

  #settings(age: number): string[] {
    const { multiprocess, pythonPath, software, lint, hooks } = this.#options;
    return [
      ...["target", this.#target],
      ...["directory", this.#directory],
      ...["pythonpath", pythonPath.map((path) => resolve(path)).join(":")],
      ...["threads", String(this.#threads)],
      ...["multiprocess", this.#group.workers > 1 || multiprocess ? "1" : "0"],
      ...["window", String(windowBytes())],
      ...["software", software],
      ...["lint", lintMode(lint)],
      ...(hooks === undefined ? [] : ["gunicorn", hooks.settingsFor(age)]),
    ];
  }

  /** What asks the application in one worker, and no other, for the path to warm it up with. */
  #warmUp(): ((worker: PythonWorker) => Promise<void>) | undefined {
    const { warmup } = this.#options;
    if (warmup === undefined) return undefined;
    return (worker) => {
      const application: Application = (environ, startResponse) => {
        const call = this.#callOf(environ, startResponse, undefined);
        worker.send(call);
        return call.answer;
      };
      return warmUp(application, warmup, this.#log);
    };
  }

  #loadError({ worker, exit }: BootError): LoadError {
    const command = this.#source?.command;
    if (exit.code === SPAWN_FAILED) {
      return new LoadError(`no Python: ${command} cannot be started; give --python PATH`, 1);
    }
    const tried = `${this.#target} with ${command} in ${this.#directory}`;
    if (worker instanceof PythonWorker) {
      if (worker.refusal !== undefined) return new LoadError(worker.refusal, 4, worker.trace);
      const limit = `--boot-timeout ${this.#options.bootTimeout} s`;
      const what = worker.facts === undefined ? "imported" : "warmed up";
      if (worker.killed !== undefined) {
        return new LoadError(`not ${what} within ${limit}: ${tried}`, 4);
      }
    }
    // One that ended by itself was made to by what it imported; a signal came from elsewhere.
    const exitCode = exit.signal === null ? 4 : 3;
    return new LoadError(`a worker ${describeExit(exit)} before it was ready: ${tried}`, exitCode);
  }
}

/** More than may wait in memory: else nothing would ever go to the disk. */
function windowBytes(): number {
  return Math.max(WINDOW_BYTES, 2 * buffers.each);
}

/** What the body adds to the environ: its true length, and where it is, if the worker may open that. */
function bodyNames(environ: Environ, body: RequestBody, sandbox: boolean): string[] {
  const names = ["CONTENT_LENGTH", String(body.size)];
  if (environ["wsgi.input_terminated"] === true) names.push("wsgi.input_terminated", "1");
  if (body.path !== undefined && !sandbox) {
    names.push("portico.body_file", Buffer.from(body.path, "utf8").toString("latin1"));
  }
  return names;
}
