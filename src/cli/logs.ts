/** The log files that the settings ask for, opened. */

import { accessLog } from "../embed/access-log.ts";
import type { MakeServerOptions } from "../embed/make-server.ts";
import type { ServerLog } from "../frontends/http1/server-context.ts";
import { LogFileError } from "../log/errors.ts";
import { LogFile } from "../log/log-file.ts";
import { createLogger, type Logger } from "../log/logger.ts";
import type { Settings } from "./settings.ts";

/** A log file that cannot be opened, with the flag that named it. */
export class LogSettingError extends Error {
  override readonly name: string = "LogSettingError";
  readonly exitCode = 1;
}

/** @throws {LogSettingError} */
export function openErrorLog(settings: Settings): Logger & ServerLog {
  const destination = open("--error-logfile", settings.errorLogfile, "stderr");
  return createLogger({ destination, level: settings.logLevel });
}

/** @throws {LogSettingError} */
export function openAccessLog(settings: Settings): Pick<MakeServerOptions, "onExchange"> {
  if (settings.accessLogfile === undefined) return {};
  const file = open("--access-logfile", settings.accessLogfile, "stdout");
  return { onExchange: accessLog(settings.accessLogformat, (line) => file.write(line)) };
}

function open(flag: string, path: string, stream: "stdout" | "stderr"): LogFile {
  try {
    return new LogFile({ path, stream, pace: stream === "stdout" ? "each turn" : "at once" });
  } catch (error) {
    if (error instanceof LogFileError) {
      throw new LogSettingError(`${flag}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}
