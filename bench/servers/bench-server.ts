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
  readonly command: (served: Served) => readonly string[];
  readonly environ?: (served: Served) => Readonly<Record<string, string>>;
  /** What its command does not say of its settings. */
  readonly remark?: string;
}
