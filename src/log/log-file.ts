/** One destination of log text: a file opened for append, or standard output or standard error. */
import sonicBoom from "sonic-boom";
import { LogFileError } from "./errors.ts";

export type StandardStream = "stdout" | "stderr";

/** When text leaves the process: by itself, or together with all of one turn of the event loop. */
export type Pace = "at once" | "each turn";

export interface LogFileOptions {
  /** The file's path; `-` is the standard stream. */
  readonly path: string;
  readonly stream: StandardStream;
  /** `at once` if not given; `each turn` is for the access log, which has many lines a turn. */
  readonly pace?: Pace;
  /** Told when text cannot be written, once until writing succeeds again. */
  readonly onTrouble?: (error: Error) => void;
}

const DESCRIPTORS: Readonly<Record<StandardStream, number>> = { stdout: 1, stderr: 2 };

// PIPE_BUF on Linux: what processes that share a pipe can write without cutting each other's lines.
// Counted in characters, which are bytes as good as always in a log.
const MAX_WHOLE_WRITE = 4096;

// Text kept for a full disk or a full pipe that may drain; beyond it lines are dropped.
const MAX_KEPT_BYTES = 8 * 1024 * 1024;

// A destination that is full for a moment is tried again this often.
const RETRY_MILLISECONDS = 100;

// Only at the end is a full pipe waited for: so many of sonic-boom's sleeps of 100 ms.
const MAX_LAST_SLEEPS = 20;

/** Errors after which a descriptor never takes text again: its reader is gone, or it is closed. */
const FINAL_CODES: ReadonlySet<string> = new Set(["EPIPE", "EBADF"]);

/**
 * Writes are synchronous, as in gunicorn and as Node's own standard streams are for files: text
 * that `write` took is out at the end of the turn, and the `exit` event sees to the rest. A write
 * that fails never throws; a reader that has gone ends the log, not the server.
 */
export class LogFile {
  readonly #options: LogFileOptions;
  readonly #flushAtExit = () => this.#writeLastText();
  #output: sonicBoom.SonicBoom;
  #state: "open" | "reader gone" | "closed" = "open";
  #kept = "";
  #retry: NodeJS.Timeout | undefined;
  #isInTrouble = false;
  #sleepsLeft = 0;

  /** @throws {LogFileError} when the file cannot be opened. */
  constructor(options: LogFileOptions) {
    this.#options = options;
    this.#output = this.#open();
    process.on("exit", this.#flushAtExit);
  }

  /** Takes text, line ends included. */
  write(text: string): void {
    if (this.#state !== "open") return;
    if (this.#options.pace !== "each turn") {
      this.#output.write(text);
      return;
    }
    if (this.#kept === "") setImmediate(() => this.flush());
    if (this.#kept.length + text.length > MAX_WHOLE_WRITE) this.flush();
    this.#kept += text;
  }

  /** Writes what is kept for the end of the turn. */
  flush(): void {
    if (this.#kept === "" || this.#state !== "open") return;
    const text = this.#kept;
    this.#kept = "";
    this.#output.write(text);
  }

  /**
   * Opens the path anew, after a rotation; a standard stream stays.
   * @throws {LogFileError} when it cannot be opened; the old file is then still written to.
   */
  reopen(): void {
    if (this.#state === "closed" || this.#options.path === "-") return;
    this.flush();
    const renewed = this.#open();
    this.#output.destroy();
    this.#output = renewed;
    this.#state = "open";
  }

  /** Writes what is left and closes; what is written later is dropped. */
  close(): void {
    if (this.#state === "closed") return;
    process.off("exit", this.#flushAtExit);
    this.#writeLastText();
    this.#state = "closed";
    clearTimeout(this.#retry);
    this.#output.destroy();
  }

  /** sonic-boom closes no descriptor 1 or 2, so a standard stream outlives its `LogFile`. */
  #open(): sonicBoom.SonicBoom {
    const { path, stream } = this.#options;
    try {
      const output = new sonicBoom.SonicBoom({
        dest: path === "-" ? DESCRIPTORS[stream] : path,
        sync: true,
        maxLength: MAX_KEPT_BYTES,
        // A pipe can be full: Node makes it non-blocking. The server must not sleep until it drains.
        retryEAGAIN: () => this.#sleepsLeft-- > 0,
      });
      output.on("error", (error: NodeJS.ErrnoException) => this.#failed(error));
      output.on("drop", () => this.#report(new Error(`${path} takes no more; lines are dropped`)));
      output.on("write", () => {
        this.#isInTrouble = false;
      });
      return output;
    } catch (error) {
      // openSync throws nothing but system errors.
      throw new LogFileError(path, error as NodeJS.ErrnoException);
    }
  }

  #failed(error: NodeJS.ErrnoException): void {
    if (FINAL_CODES.has(error.code ?? "")) this.#state = "reader gone";
    else this.#retryLater();
    if (error.code !== "EAGAIN") this.#report(error);
  }

  #report(error: Error): void {
    if (this.#isInTrouble) return;
    this.#isInTrouble = true;
    this.#options.onTrouble?.(error);
  }

  #retryLater(): void {
    clearTimeout(this.#retry);
    // An empty write makes sonic-boom try what it kept.
    this.#retry = setTimeout(() => this.#output.write(""), RETRY_MILLISECONDS).unref();
  }

  #writeLastText(): void {
    this.#sleepsLeft = MAX_LAST_SLEEPS;
    this.flush();
    if (this.#state === "open") this.#output.write("");
  }
}
