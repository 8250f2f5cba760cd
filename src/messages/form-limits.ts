/** How much a form may be, and what a client is told that sends more. */
import { buffers } from "../buffers/buffers.ts";
import { HttpError } from "./http-error.ts";

/** In bytes, where it does not say otherwise. */
export interface FormLimits {
  /** The whole body; 100 MiB if not given. The server has its own: `--limit-request-body`. */
  readonly total: number;
  /** Fields and files together, in number; 1000 if not given. */
  readonly parts: number;
  /** Files, in number; 100 if not given. */
  readonly files: number;
  /** One file; if not given, as `total`. */
  readonly file: number;
  /** Names and values of all fields together: they are kept in memory; 1 MiB if not given. */
  readonly fields: number;
  /** The header fields of one part; 16 KiB if not given. */
  readonly headers: number;
  /**
   * All files of one form in memory; what comes then goes to the disk. If not given, as much as the
   * server keeps of a body: four times `--limit-buffer-each`, 1 MiB.
   */
  readonly memory: number;
}

export function formLimits(limits: Partial<FormLimits>): FormLimits {
  const total = limits.total ?? 100 * 1024 ** 2;
  return {
    total,
    parts: limits.parts ?? 1000,
    files: limits.files ?? 100,
    file: limits.file ?? total,
    fields: limits.fields ?? 1024 ** 2,
    headers: limits.headers ?? 16_384,
    memory: limits.memory ?? buffers.eachBody,
  };
}

/** RFC 9110 §15.5.14: `what` names the thing, as `the body`. */
export function tooLarge(what: string, limit: number, unit = "bytes"): HttpError {
  return new HttpError(413, `${what} is more than ${limit} ${unit}`);
}
