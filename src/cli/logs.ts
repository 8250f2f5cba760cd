/** The log files that the settings ask for, opened. */
import { accessLog } from "../embed/access-log.ts";
import type { MakeServerOptions } from "../embed/make-server.ts";
import type { Exchange } from "../frontends/http1/server-context.ts";
import { compileAccessFormat, DEFAULT_ACCESS_FORMAT } from "../log/access-format.ts";
import type { AccessFormat, AccessRecord } from "../log/access-record.ts";
import { LogFileError } from "../log/errors.ts";
import { type NotingLog, notingLog } from "../log/last-error.ts";
import type { LogLevel } from "../log/levels.ts";
import { LogFile } from "../log/log-file.ts";
import { bothLoggers, createLogger } from "../log/logger.ts";
import { observedLog } from "../log/observed-log.ts";
import type { Settings } from "./settings.ts";
import type { LineFormats, Syslog } from "./syslog.ts";
import { syslogAddressText } from "./syslog-settings.ts";

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
  readonly #syslog: Syslog | undefined;

  /** @throws {LogSettingError} */
  static async open(settings: Settings): Promise<Logs> {
    const formats = await lineFormats(settings);
    if (!settings.logSyslog) return new Logs(settings, formats);
    const { openSyslog } = await import("./syslog.ts");
    return new Logs(settings, formats, (onTrouble) => openSyslog(settings, formats, onTrouble));
  }

  private constructor(
    settings: Settings,
    formats: LineFormats,
    syslog?: (onTrouble: (error: Error) => void) => Syslog,
  ) {
    const destination = this.#open(ERROR_LOG, settings.errorLogfile, "stderr");
    const { entries } = formats;
    const options = { destination, level: settings.logLevel, ...(entries && { format: entries }) };
    const file = createLogger(options);
    this.#syslog = syslog?.(({ message }) => {
      file.error(`${syslogName(settings)}: lines are lost: ${message}`);
    });
    const log = this.#syslog === undefined ? file : bothLoggers(file, this.#syslog.error);
    this.error = notingLog(
      observedLog(log, (level, message) => this.#watcher?.logged(level, message)),
    );
    this.observer = this.#openAccessLog(settings, formats.access);
  }

  /**
   * Resolves when what the lines go to is found.
   * @throws {LogSettingError} it is not; it is looked for again all the same
   */
  async reach(settings: Settings): Promise<void> {
    try {
      await this.#syslog?.sender.open();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new LogSettingError(`${syslogName(settings)}: ${why}`, { cause: error });
    }
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

  #openAccessLog({ accessLogfile }: Settings, format: AccessFormat): Logs["observer"] {
    const writers: ((record: AccessRecord) => void)[] = [];
    if (accessLogfile !== undefined) {
      const file = this.#open("--access-logfile", accessLogfile, "stdout");
      writers.push((record) => file.write(`${format(record)}\n`));
    }
    if (this.#syslog?.access !== undefined) writers.push(this.#syslog.access);
    return writers.length === 0 ? {} : { onExchange: accessLog(...writers) };
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

function syslogName({ logSyslogTo }: Settings): string {
  return `--log-syslog-to ${syslogAddressText(logSyslogTo)}`;
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
