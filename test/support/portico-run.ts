/** One run of the command line: its lines, its signals, its workers and its end. */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pythonProgram, repositoryRoot } from "./python-environment.ts";
import { RecordedLines } from "./recorded-log.ts";

export interface RunOptions {
  readonly args: readonly string[];
  readonly cwd: string;
  /** Beside this process's own variables, or instead of them. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whether it gets no --python from here. */
  readonly ownPython?: boolean;
  /** A program that starts the run in its own place, and what that is told first. */
  readonly through?: readonly string[];
  /** Milliseconds after which it hangs, and is killed; half a minute if not given. */
  readonly longest?: number;
}

/** How a run ended. */
export interface RunEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

const PORTICO = join(repositoryRoot, "bin", "portico.mjs");
const LONGEST_RUN = 30_000;

export class PorticoRun implements AsyncDisposable {
  readonly stdout: RecordedLines = new RecordedLines();
  readonly stderr: RecordedLines = new RecordedLines();
  /** Resolves when the process and all that inherited its output have ended. */
  readonly ended: Promise<RunEnd>;
  readonly #child: ChildProcess;

  constructor({ args, cwd, env, ownPython, through = [], longest = LONGEST_RUN }: RunOptions) {
    const python = ownPython === true ? [] : ["--python", pythonProgram("python")];
    const [program = "", ...words] = [...through, process.execPath, PORTICO, ...python, ...args];
    this.#child = spawn(program, words, {
      cwd,
      env: {
        ...process.env,
        // What is set where the tests run is not what they are about.
        ...{ PORT: undefined, WEB_CONCURRENCY: undefined, VIRTUAL_ENV: undefined },
        ...{ FORWARDED_ALLOW_IPS: undefined },
        ...{ GUNICORN_CMD_ARGS: undefined, PYTHONDONTWRITEBYTECODE: "1" },
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const stdout = record(this.#child.stdout, this.stdout);
    const stderr = record(this.#child.stderr, this.stderr);
    const timer = setTimeout(() => this.kill("SIGKILL"), longest);
    this.ended = new Promise((resolve) => {
      this.#child.once("close", (code, signal) => {
        clearTimeout(timer);
        resolve({ code, signal, stdout: stdout(), stderr: stderr() });
      });
    });
  }

  /** Resolves when the run serves requests. @throws if it ends instead */
  static async serving(options: RunOptions): Promise<PorticoRun> {
    const run = new PorticoRun(options);
    const ended = run.ended.then(({ stderr }) => {
      throw new Error(`portico ${options.args.join(" ")} ended:\n${stderr}`);
    });
    await Promise.race([run.stderr.line(/\[INFO\] Ready$/), ended]);
    return run;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The process that speaks HTTP, or one of several: a server worker where there is a supervisor. */
  get server(): number {
    const isPortico = (pid: number): boolean =>
      readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(PORTICO);
    return this.descendants.find(isPortico) ?? this.pid;
  }

  /** Where it listens, first of all. */
  get url(): string {
    return /Listening at: ([^,\s]+)/.exec(this.stderr.text)?.[1] ?? "";
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  get(target: string, headers: Readonly<Record<string, string>> = {}): Promise<RunAnswer> {
    return get(this.url, target, headers);
  }

  /** Its children, their children and so on. */
  get descendants(): readonly number[] {
    return descendantsOf(this.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const workers = this.descendants;
    this.kill("SIGKILL");
    await this.ended;
    for (const pid of workers) endForcibly(pid);
  }
}

/** Runs to its end what does not serve. */
export function runToEnd(options: RunOptions): Promise<RunEnd> {
  return new PorticoRun(options).ended;
}

/** One request, over TCP or to a Unix socket, on a connection of its own. */
export function get(
  url: string,
  target: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<RunAnswer> {
  const socketPath = /^unix:(.*)$/.exec(url)?.[1];
  const where =
    socketPath === undefined
      ? { hostname: new URL(url).hostname.replace(/[[\]]/g, ""), port: new URL(url).port }
      : { socketPath };
  return new Promise((resolve, reject) => {
    const asked = request({ ...where, path: target, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (data) => {
        text += data;
      });
      response.once("error", reject);
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    asked.once("error", reject).end();
  });
}

/** What was read, whole, when asked; `lines` gets it line by line. */
function record(stream: Readable | null, lines: RecordedLines): () => string {
  let text = "";
  let line = "";
  stream?.setEncoding("utf8").on("data", (data: string) => {
    text += data;
    const found = (line + data).split("\n");
    line = found.pop() ?? "";
    for (const whole of found) lines.add(whole);
  });
  return () => text;
}

function descendantsOf(pid: number): readonly number[] {
  const children = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((other) => parentOf(other) === pid);
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

function parentOf(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ");
    return Number(fields?.[1]);
  } catch {
    // It has ended between the two looks.
    return undefined;
  }
}

function endForcibly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself, as it should.
  }
}
