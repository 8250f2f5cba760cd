/** The log files that the settings ask for, opened. */
import { accessLog } from "../embed/access-log.ts";
import type { MakeServerOptions } from "../embed/make-server.ts";
import { compileAccessFormat, DEFAULT_ACCESS_FORMAT } from "../log/access-format.ts";
import type { AccessFormat } from "../log/access-record.ts";
import { LogFileError } from "../log/errors.ts";
import { LogFile } from "../log/log-file.ts";
import { createLogger, type EntryFormat, type Logger } from "../log/logger.ts";
import type { Settings } from "./settings.ts";

/** A log file that cannot be opened, with the flag that named it. */
export class LogSettingError extends Error {
  override readonly name: string = "LogSettingError";
  readonly exitCode = 1;
}

/** How the two logs write their lines. */
interface LineFormats {
  readonly entries: EntryFormat | undefined;
  readonly access: AccessFormat;
}

const ERROR_LOG = "--error-logfile";

export class Logs {
  /** The error log. */
  readonly error: Logger;
  /** What writes the access log, where there is one. */
  readonly observer: Pick<MakeServerOptions, "onExchange">;
  readonly #files: LogFile[] = [];

  /** @throws {LogSettingError} */
  static async open(settings: Settings): Promise<Logs> {
    return new Logs(settings, await lineFormats(settings));
  }

  private constructor(settings: Settings, { entries, access }: LineFormats) {
    const destination = this.#open(ERROR_LOG, settings.errorLogfile, "stderr");
    const level = settings.logLevel;
    this.error = createLogger({ destination, level, ...(entries && { format: entries }) });
    this.observer = this.#openAccessLog(settings, access);
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

  #openAccessLog({ accessLogfile }: Settings, format: AccessFormat): Logs["observer"] {
    if (accessLogfile === undefined) return {};
    const file = this.#open("--access-logfile", accessLogfile, "stdout");
    return { onExchange: accessLog(format, (line) => file.write(line)) };
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

/** What a start without JSON does not need is not loaded. */
async function lineFormats(settings: Settings): Promise<LineFormats> {
  const { accessLogformat, logFormat } = settings;
  const access = compileAccessFormat(accessLogformat);
  if (logFormat === "text") return { entries: undefined, access };
  const { JSON_ENTRIES: entries } = await import("../log/json-entries.ts");
  if (accessLogformat !== DEFAULT_ACCESS_FORMAT) return { entries, access };
  const { JSON_ACCESS_FORMAT } = await import("../log/json-access.ts");
  return { entries, access: JSON_ACCESS_FORMAT };
}
