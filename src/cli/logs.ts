/** The log files that the settings ask for, opened. */
import { accessLog } from "../embed/access-log.ts";
import type { MakeServerOptions } from "../embed/make-server.ts";
import type { Exchange } from "../frontends/http1/server-context.ts";
import { LogFileError } from "../log/errors.ts";
import { type NotingLog, notingLog } from "../log/last-error.ts";
import type { LogLevel } from "../log/levels.ts";
import { LogFile } from "../log/log-file.ts";
import { createLogger } from "../log/logger.ts";
import { observedLog } from "../log/observed-log.ts";
import type { Settings } from "./settings.ts";

/** Is told what the logs are told. */
export interface LogWatcher {
  logged(level: LogLevel, message: string): void;
  answered(exchange: Exchange): void;
}

/** A log file that cannot be opened, with the flag that named it. */
export class LogSettingError extends Error {
  override readonly name: string = "LogSettingError";
  readonly exitCode = 1;
}

const ERROR_LOG = "--error-logfile";

export class Logs {
  /** The error log. */
  readonly error: NotingLog;
  /** What writes the access log, where there is one, and tells who watches. */
  observer: Pick<MakeServerOptions, "onExchange">;
  #watcher: LogWatcher | undefined;
  readonly #files: LogFile[] = [];

  /** @throws {LogSettingError} */
  constructor(settings: Settings) {
    const destination = this.#open(ERROR_LOG, settings.errorLogfile, "stderr");
    const log = createLogger({ destination, level: settings.logLevel });
    this.error = notingLog(
      observedLog(log, (level, message) => this.#watcher?.logged(level, message)),
    );
    this.observer = this.#openAccessLog(settings);
  }

  /** To be called before the server is made. */
  watch(watcher: LogWatcher): void {
    const { onExchange } = this.observer;
    this.#watcher = watcher;
    this.observer = {
      onExchange: (exchange) => {
        onExchange?.(exchange);
        watcher.answered(exchange);
      },
    };
  }

  /** Opens the files anew, after another program has moved them. */
  reopen(): void {
    for (const file of this.#files) {
      try {
        file.reopen();
      } catch (error) {
        // Writing goes on where it went before.
        if (!(error instanceof LogFileError)) throw error;
        this.error.error(`A log is not reopened: ${error.message}`);
      }
    }
  }

  /** Writes what is kept for the end of the event loop's turn. */
  flush(): void {
    for (const file of this.#files) file.flush();
  }

  #openAccessLog(settings: Settings): Logs["observer"] {
    if (settings.accessLogfile === undefined) return {};
    const file = this.#open("--access-logfile", settings.accessLogfile, "stdout");
    return { onExchange: accessLog(settings.accessLogformat, (line) => file.write(line)) };
  }

  #open(flag: string, path: string, stream: "stdout" | "stderr"): LogFile {
    try {
      const pace = stream === "stdout" ? "each turn" : "at once";
      const onTrouble = (error: Error): void => {
        if (flag !== ERROR_LOG) this.error.error(`${flag}: lines are lost: ${error.message}`);
      };
      const file = new LogFile({ path, stream, pace, onTrouble });
      this.#files.push(file);
      return file;
    } catch (error) {
      if (error instanceof LogFileError) {
        throw new LogSettingError(`${flag}: ${error.message}`, { cause: error });
      }
      throw error;
    }
  }
}
