/** What can be said about how a Python application runs. */
import type { Logger } from "../../log/logger.ts";
import type { RecyclingOptions } from "../../processes/recycling.ts";
import type { OnFinding } from "../../wsgi/lint/finding.ts";

export interface PythonOptions extends RecyclingOptions {
  /** Worker processes; 1 if not given. */
  readonly workers?: number;
  /** Request threads of each; 1 if not given. */
  readonly threads?: number;
  /**
   * What runs Python: processes of CPython, or threads with Pyodide, which is CPython compiled to
   * WebAssembly. `"auto"` is Pyodide where no CPython is found or it lacks a module that the application
   * imports; `"auto"` if not given.
   */
  readonly engine?: EngineName;
  /** Bytes of memory that each interpreter of Pyodide may have; 0, if not given: 4 GiB, as WebAssembly has. */
  readonly interpreterMemory?: number;
  /** Whether Pyodide may change files of the application's directories; `"read-write"` if not given. */
  readonly files?: FileAccess;
  /**
   * Whether the application reaches nothing but its own directories: no other file, no network, no process,
   * and of the environment variables only those of `env`; runs on Pyodide. `false` if not given.
   */
  readonly sandbox?: boolean;
  /** Directories that Pyodide sees beside those of the application and of its packages. */
  readonly mounts?: readonly string[];
  /**
   * A requirements file whose packages Pyodide has, relative to the working directory: they are installed
   * into a cache once, from `PIP_INDEX_URL` or PyPI. CPython has what its own environment has.
   */
  readonly requirements?: string;
  /** The interpreter: a path or a name in PATH. If not given: that of `VIRTUAL_ENV`, of `.venv` or `venv`, `python3`. */
  readonly python?: string;
  /** Where the application is imported from; the working directory if not given. */
  readonly directory?: string;
  /** Directories for Python's module search path, before its own. */
  readonly pythonPath?: readonly string[];
  /** Environment variables beside this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds a request may take in a worker; 30 if not given, 0 for no end. */
  readonly timeout?: number;
  /** Seconds an application may take to be imported; 60 if not given. */
  readonly bootTimeout?: number;
  /** Seconds open requests get when the engine stops; 30 if not given. */
  readonly gracefulTimeout?: number;
  /** A path that each worker is asked for before it takes requests; it must answer below 500. */
  readonly warmup?: string;
  /**
   * Whether the application is imported once, in a process that serves nothing, and the workers are
   * forked from that; `false` if not given.
   */
  readonly preload?: boolean;
  /** Requests that may wait for a worker; 2048 if not given, 0 for none. One more is answered 503. */
  readonly maxQueued?: number;
  /** Seconds a request may wait for a worker before it is answered 503; 30 if not given, 0 for no end. */
  readonly queueTimeout?: number;
  /** Whether other processes than these workers serve the application too; `false` if not given. */
  readonly multiprocess?: boolean;
  /** SERVER_SOFTWARE; `portico` if not given. */
  readonly software?: string;
  /**
   * Whether the application runs under lint, which tells where it or the server breaks PEP 3333;
   * `"follow"` finds middleware inside the application too, and is slower. `false` if not given.
   */
  readonly lint?: boolean | "follow";
  /** Is told of each finding of lint; if not given, the log is, once of each. */
  readonly onFinding?: OnFinding;
  readonly log?: Logger;
  /** What is told of each worker, and tells it what to run beside the application. */
  readonly hooks?: WorkerHooks;
}

export type EngineName = "cpython" | "pyodide" | "auto";

export type FileAccess = "read-only" | "read-write";

type Optional =
  | (
      | "python"
      | "engine"
      | "interpreterMemory"
      | "files"
      | "mounts"
      | "requirements"
      | "sandbox"
      | "warmup"
      | "preload"
      | "onFinding"
      | "hooks"
    )
  | keyof RecyclingOptions;

export type ResolvedPythonOptions = Required<Omit<PythonOptions, Optional>> &
  Pick<PythonOptions, Optional>;

/** The hooks of a gunicorn configuration, as far as they are about workers. */
export interface WorkerHooks {
  /** Whether a worker is to be told before it is killed for what took too long. */
  readonly wantsAbort: boolean;
  /** What SETTINGS calls `gunicorn`, for the worker that is the `age`th. */
  settingsFor(age: number): string;
  onStarting(age: number): void;
  onEnded(age: number, pid: number | undefined): void;
}

/** What SETTINGS calls the choice. */
export function lintMode(lint: boolean | "follow"): "off" | "on" | "follow" {
  if (lint === "follow") return "follow";
  return lint ? "on" : "off";
}

/** Zero is how operators say "no limit"; in milliseconds that is Infinity. */
export function milliseconds(seconds: number): number {
  return seconds === 0 ? Number.POSITIVE_INFINITY : seconds * 1000;
}
