/** Reads the head of a response as node:http has written it. */
import { ApplicationError } from "../gateway/run-application.ts";
import { statusLine } from "../http/status.ts";
import type { HeaderList } from "../wsgi/types.ts";
import { endToEndFields } from "./end-to-end-fields.ts";

export interface WrittenHead {
  readonly statusCode: number;
  /** `200 OK`. */
  readonly status: string;
  /** Without those of the connection. */
  readonly headers: HeaderList;
  /** Where in the text it ends. */
  readonly length: number;
}

/**
 * node:http has checked each name and value, and writes one field a line.
 * @throws {ApplicationError} it is no head
 */
export function readHead(text: string): WrittenHead {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0 || !text.startsWith("HTTP/1.")) {
    throw new ApplicationError("the listener has written to its socket past its response");
  }
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const statusCode = Number(first.slice(STATUS_AT, STATUS_AT + 3));
  const reason = first.slice(STATUS_AT + 4);
  return {
    statusCode,
    status: reason === "" ? statusLine(statusCode) : `${statusCode} ${reason}`,
    headers: endToEndFields(lines.map(fieldOf)),
    length: end + 4,
  };
}

/** Behind `HTTP/1.1 `. */
const STATUS_AT = 9;

function fieldOf(line: string): [name: string, value: string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon), line.slice(colon + 2)];
}
