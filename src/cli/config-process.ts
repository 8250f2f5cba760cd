/** The Python process that a gunicorn configuration file lives in, and the lines of JSON it speaks. */
import { type ChildProcess, spawn } from "node:child_process";
import { Socket } from "node:net";
import { PYTHON_PROGRAM } from "../engines/cpython/spawn.ts";
import type { LogLevel } from "../log/levels.ts";

export type Message = Readonly<Record<string, unknown>>;

/** It ended, or could not be started. */
export class ConfigProcessError extends Error {
  override readonly name = "ConfigProcessError";
}

/** The levels of the frame LOG, from 1 on. */
const LEVELS: readonly LogLevel[] = ["debug", "info", "warning", "error", "critical"];

interface Waiting {
  readonly resolve: (answer: Message) => void;
  readonly reject: (error: ConfigProcessError) => void;
}

export class ConfigProcess {
  readonly #child: ChildProcess;
  readonly #socket: Socket | undefined;
  /** Answers come in the order of the questions. */
  readonly #waiting: Waiting[] = [];
  #ended: ConfigProcessError | undefined;
  /** Told what hooks log. */
  onLog: (level: LogLevel, text: string) => void = () => {};

  constructor(command: string) {
    this.#child = spawn(command, [PYTHON_PROGRAM, "config"], {
      stdio: ["ignore", "inherit", "inherit", "pipe"],
    });
    this.#child.once("error", ({ message }) =>
      this.#end(`${command} cannot be started: ${message}`),
    );
    this.#child.once("exit", (code, signal) => {
      this.#end(`it ended with ${signal ?? `status ${code}`}`);
    });
    const socket = this.#child.stdio[3];
    if (!(socket instanceof Socket)) return;
    this.#socket = socket;
    // A broken pipe shows in the exit that follows.
    socket.on("error", () => {});
    let rest = "";
    socket.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#take(line);
    });
  }

  /** @throws {ConfigProcessError} it has ended, or ends before it answers */
  ask(question: Message): Promise<Message> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended);
        return;
      }
      this.#waiting.push({ resolve, reject });
      this.#hold();
      this.tell(question);
    });
  }

  tell(message: Message): void {
    this.#socket?.write(`${JSON.stringify(message)}\n`);
  }

  /** It ends by itself when it has done what it is at. */
  close(): void {
    this.#socket?.end();
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #take(line: string): void {
    // Lines are written by config_process.py alone.
    const message = JSON.parse(line) as Message;
    if (typeof message.level === "number") {
      this.onLog(LEVELS[message.level - 1] ?? "info", String(message.text));
      return;
    }
    this.#waiting.shift()?.resolve(message);
    this.#hold();
  }

  #end(why: string): void {
    this.#ended ??= new ConfigProcessError(why);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }

  /** It keeps this process alive only while an answer is waited for. */
  #hold(): void {
    const method = this.#waiting.length > 0 ? "ref" : "unref";
    this.#child[method]();
    this.#socket?.[method]();
  }
}
