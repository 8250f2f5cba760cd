/** What a thread is started with. */
import type { MessagePort } from "node:worker_threads";

export interface ThreadData {
  /** The module of the `pyodide` package, as a URL. */
  readonly pyodide: string;
  /** Portico's own Python. */
  readonly program: string;
  readonly port: MessagePort;
  /** One number more for each message; the thread sleeps on it. */
  readonly mail: SharedArrayBuffer;
  readonly marker: SharedArrayBuffer;
  /** A signal's number makes Python run its handler. */
  readonly interrupt: SharedArrayBuffer;
  /** Directories that Python sees under the same names. */
  readonly directories: readonly string[];
  /** For Python's module search path, behind its own. */
  readonly sitePackages: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where the memory of a fresh interpreter is kept; undefined: nowhere. */
  readonly snapshot: string | undefined;
}
