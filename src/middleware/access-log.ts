/** A line for each request that an application has answered. */
import { compileAccessFormat, DEFAULT_ACCESS_FORMAT } from "../log/access-format.ts";
import type { AccessFormat } from "../log/access-record.ts";
import { JSON_ACCESS_FORMAT } from "../log/json-access.ts";
import type { Middleware } from "../wsgi/types.ts";
import { LoggedRequest } from "./logged-request.ts";
import { OptionJudge } from "./option-error.ts";
import { whenReturned } from "./wrapped-body.ts";

export interface AccessLogOptions {
  /** gunicorn's `--access-logformat`, `"json"` for one object a line, or a function; gunicorn's default. */
  readonly format?: string | AccessFormat;
  /** A stream gets lines with their ends, a function each line without and its request; standard output. */
  readonly to?: LineStream | ((line: string, request: LoggedRequest) => void);
  /** Requests without a line, as those of health checks. */
  readonly skip?: (request: LoggedRequest) => boolean;
}

interface LineStream {
  write(text: string): unknown;
}

/**
 * Writes a line when the body has been closed, or was given as a whole; then bytes and time are those that
 * the application has given and taken. The server's own log (`--access-logfile`) tells of what was sent.
 *
 * @example
 * const application = accessLog({ format: "json", skip: ({ path }) => path === "/health" })(shop);
 *
 * @throws {OptionError} the format is none of gunicorn's
 */
export function accessLog(options: AccessLogOptions = {}): Middleware {
  const format = formatOf(options.format ?? DEFAULT_ACCESS_FORMAT);
  const write = writerOf(options.to ?? process.stdout);
  const { skip } = options;
  const onEnd = (request: LoggedRequest): void => {
    if (skip?.(request) !== true) write(format(request), request);
  };
  return (application) => (environ, startResponse) => {
    const request = new LoggedRequest(environ, onEnd);
    return whenReturned(
      () => application(environ, request.watch(startResponse)),
      (body) => request.returned(body),
      (error) => {
        request.failed(error);
        throw error;
      },
    );
  };
}

function formatOf(format: string | AccessFormat): AccessFormat {
  if (typeof format === "function") return format;
  if (format === "json") return JSON_ACCESS_FORMAT;
  try {
    return compileAccessFormat(format);
  } catch (error) {
    return new OptionJudge("accessLog").cannot("format", "is none of gunicorn's", error);
  }
}

function writerOf(
  to: LineStream | ((line: string, request: LoggedRequest) => void),
): (line: string, request: LoggedRequest) => void {
  return typeof to === "function" ? to : (line) => to.write(`${line}\n`);
}
