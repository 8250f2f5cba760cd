/** What a row of the tables of servers says. */

/** Which of the tables holds the servers of an application: what it is written in, or a folder of files. */
export type Language = "python" | "typescript" | "files";

/** What a server is to serve in one work. */
export interface Served {
  /** `hello` is bench/apps/hello.py, bench/apps/hello.ts or, of files, the folder itself. */
  readonly application: string;
  readonly port: string;
  /** Threads of each process, where a server has them; undefined leaves it what suits it best. */
  readonly threads: number | undefined;
  /** Processes that run the application; undefined leaves it what suits it best. */
  readonly workers: number | undefined;
  /** So long a connection is to be kept open without a request; undefined leaves it what it is. */
  readonly idleSeconds: number | undefined;
  /** A directory for what the server writes; whoever made it removes it. */
  readonly scratch: string;
}

/** `pip:NAME` of peers/.venv, `npm:NAME` of peers/node, or `command:NAME` of this machine. */
export type Need = `${"pip" | "npm" | "command"}:${string}`;

export interface BenchServer {
  readonly name: string;
  /** The settings of one software compete, and the best of them is compared. */
  readonly software: string;
  /** Without one of them it is not run. */
  readonly needs: readonly Need[];
  /** What is to be done before its command: writing a file of settings. */
  readonly prepare?: (served: Served) => void;
  readonly command: (served: Served) => readonly string[];
  readonly environ?: (served: Served) => Readonly<Record<string, string>>;
  /** What its command does not say of its settings. */
  readonly remark?: string;
}
