/** A Python application of this folder on Pyodide behind a real server, in a directory of its own. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Answer, RequestParts } from "../../../src/client/client-connection.ts";
import { CPythonEngine } from "../../../src/engines/cpython/engine.ts";
import type { PythonOptions } from "../../../src/engines/cpython/python-options.ts";
import { repositoryRoot } from "../../support/python-environment.ts";
import { RecordedLog } from "../../support/recorded-log.ts";
import { type ServedApplication, serveApplication } from "../../support/serve-application.ts";

export class OnPyodide implements AsyncDisposable {
  /** Around the application's own, which is `application` in it. */
  readonly outside: string = mkdtempSync(join(tmpdir(), "portico-pyodide-"));
  readonly directory: string = join(this.outside, "application");
  readonly log: RecordedLog = new RecordedLog();
  readonly engine: CPythonEngine;
  #served: ServedApplication | undefined;

  private constructor(name: string, options: PythonOptions) {
    mkdirSync(this.directory);
    const source = join(repositoryRoot, "test", "engines", "pyodide", `${name}.py`);
    copyFileSync(source, join(this.directory, `${name}.py`));
    this.engine = new CPythonEngine(name, {
      engine: "pyodide",
      workers: 1,
      threads: 1,
      pythonPath: [],
      timeout: 30,
      bootTimeout: 60,
      gracefulTimeout: 10,
      maxQueued: 2048,
      queueTimeout: 30,
      multiprocess: false,
      software: "on pyodide",
      lint: false,
      env: {},
      ...options,
      directory: this.directory,
      log: this.log,
    });
  }

  /** @param files what lies beside the application, by its path from there */
  static async start(
    name: string,
    options: PythonOptions = {},
    files: Readonly<Record<string, string>> = {},
  ): Promise<OnPyodide> {
    const started = new OnPyodide(name, options);
    try {
      for (const [path, text] of Object.entries(files)) started.#write(path, text);
      started.#served = await serveApplication(await started.engine.start());
      return started;
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
  }

  #write(path: string, text: string): void {
    const file = join(this.directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  get served(): ServedApplication {
    if (this.#served === undefined) throw new Error("it is not served");
    return this.#served;
  }

  ask(target: string, parts: RequestParts = {}): Promise<Answer> {
    return this.served.ask(parts.body === undefined ? "GET" : "POST", target, parts);
  }

  async text(target: string, parts: RequestParts = {}): Promise<string> {
    const { body } = await this.ask(target, parts);
    return body.toString();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#served?.[Symbol.asyncDispose]();
    await this.engine.stop(AbortSignal.abort("the test is over"));
    rmSync(this.outside, { recursive: true });
  }
}
