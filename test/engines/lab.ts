/** test/apps/engines/lab.py in real workers behind a real server, in a directory of its own. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fieldValue } from "../../src/client/field-list.ts";
import {
  type MakeServerOptions,
  makeServer,
  type RunningServer,
} from "../../src/embed/make-server.ts";
import { CPythonEngine } from "../../src/engines/cpython/engine.ts";
import type { PythonOptions } from "../../src/engines/cpython/python-options.ts";
import type { Middleware } from "../../src/wsgi/types.ts";
import { Gate } from "../support/gate.ts";
import { pythonProgram, repositoryRoot } from "../support/python-environment.ts";
import { RawConnection, type RawResponse } from "../support/raw-client.ts";
import { RecordedLog } from "../support/recorded-log.ts";

export interface LabOptions extends Omit<PythonOptions, "log" | "directory" | "python"> {
  /** The tests' own if not given; null to let the engine look for one. */
  readonly python?: string | null;
  /** Puts into the working directory what must be there before the workers start. */
  readonly prepare?: (directory: string) => void;
  /** Around the application, on the side of the server. */
  readonly middleware?: Middleware;
  readonly onExchange?: MakeServerOptions["onExchange"];
}

export interface LabAnswer extends RawResponse {
  readonly text: string;
  /** The process that answered. */
  readonly pid: number;
}

export const LAB: string = join(repositoryRoot, "test/apps/engines/lab.py:app");

export class Lab implements AsyncDisposable {
  readonly directory: string = mkdtempSync(join(tmpdir(), "portico-lab-"));
  readonly log: RecordedLog = new RecordedLog();
  readonly engine: CPythonEngine;
  #gate: Gate | undefined;
  #server: RunningServer | undefined;

  static async start(options: LabOptions = {}): Promise<Lab> {
    const lab = new Lab(options);
    try {
      options.prepare?.(lab.directory);
      lab.#gate = await Gate.open(join(lab.directory, "gate"));
      const application = await lab.engine.start();
      const wrapped = options.middleware?.(application) ?? application;
      const { onExchange } = options;
      const told = { log: lab.log, ...(onExchange && { onExchange }) };
      lab.#server = await makeServer("127.0.0.1", 0, wrapped, told);
      lab.#server.start();
      return lab;
    } catch (error) {
      await lab[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(lab: LabOptions) {
    const { middleware: _, prepare: __, onExchange: ___, python, ...options } = lab;
    this.engine = new CPythonEngine(LAB, {
      workers: 1,
      threads: 1,
      pythonPath: [],
      timeout: 30,
      bootTimeout: 30,
      gracefulTimeout: 10,
      maxQueued: 2048,
      queueTimeout: 30,
      multiprocess: false,
      software: "lab",
      lint: false,
      ...options,
      ...(python !== null && { python: python ?? pythonProgram("python") }),
      env: { VIRTUAL_ENV: "", PYTHONDONTWRITEBYTECODE: "1", ...options.env },
      directory: this.directory,
      log: this.log,
    });
  }

  get gate(): Gate {
    if (this.#gate === undefined) throw new Error("not started");
    return this.#gate;
  }

  get port(): number {
    return this.#server?.port ?? 0;
  }

  /** The names of the requests that were begun, in order. */
  get ran(): readonly string[] {
    const path = join(this.directory, "ran");
    return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : [];
  }

  /** Asks on a connection of its own. */
  async get(target: string): Promise<LabAnswer> {
    return this.send("GET", target, Buffer.alloc(0));
  }

  async post(target: string, body: Buffer): Promise<LabAnswer> {
    return this.send("POST", target, body);
  }

  async send(method: string, target: string, body: Buffer): Promise<LabAnswer> {
    const connection = await RawConnection.open(this.port);
    try {
      const length: [string, string][] =
        method === "GET" ? [] : [["Content-Length", String(body.length)]];
      const fields = [["Host", "lab"] as const, ...length];
      const response = await connection.exchange({ method, target, fields, body });
      const pid = Number(fieldValue(response.fields, "x-worker"));
      return { ...response, text: response.body.toString("utf8"), pid };
    } finally {
      connection.close();
    }
  }

  /** So many quick requests at a time that workers are sent requests ahead. */
  async warmUp(): Promise<void> {
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(Array.from({ length: 16 }, () => this.get("/answer/warm")));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#gate?.close();
    await this.#server?.close(0);
    await this.engine.stop(AbortSignal.abort());
    rmSync(this.directory, { recursive: true });
  }
}
