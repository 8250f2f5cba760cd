/** The log files that the settings ask for, opened. */
import { accessLog } from "../embed/access-log.ts";
import type { MakeServerOptions } from "../embed/make-server.ts";
import { compileAccessFormat } from "../log/access-format.ts";
import { LogFileError } from "../log/errors.ts";
import { LogFile } from "../log/log-file.ts";
import { createLogger, type Logger } from "../log/logger.ts";
import type { Settings } from "./settings.ts";

/** A log file that cannot be opened, with the flag that named it. */
export class LogSettingError extends Error {
  override readonly name: string = "LogSettingError";
  readonly exitCode = 1;
}

const ERROR_LOG = "--error-logfile";

export class Logs {
  /** The error log. */
  readonly error: Logger;
  /** What writes the access log, where there is one. */
  readonly observer: Pick<MakeServerOptions, "onExchange">;
  readonly #files: LogFile[] = [];

  /** @throws {LogSettingError} */
  constructor(settings: Settings) {
    const destination = this.#open(ERROR_LOG, settings.errorLogfile, "stderr");
    this.error = createLogger({ destination, level: settings.logLevel });
    this.observer = this.#openAccessLog(settings);
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

  #openAccessLog(settings: Settings): Logs["observer"] {
    if (settings.accessLogfile === undefined) return {};
    const file = this.#open("--access-logfile", settings.accessLogfile, "stdout");
    return {
      onExchange: accessLog(compileAccessFormat(settings.accessLogformat), (line) =>
        file.write(line),
      ),
    };
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
