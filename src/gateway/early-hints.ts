/** What `wsgi.early_hints` takes and refuses, whatever the front end. */
import type { InformationalHead } from "../http/events.ts";
import { makeInformationalHead } from "../http/response-head.ts";
import { statusLine } from "../http/status.ts";
import type { HeaderList } from "../wsgi/types.ts";
import { mustBeList } from "./run-application.ts";

const STATUS = statusLine(103);

/**
 * The head of a 103 response (RFC 8297).
 * @throws {ApplicationError} the headers are no list
 * @throws {LocalProtocolError} as `makeInformationalHead`
 */
export function earlyHintsHead(headers: HeaderList): InformationalHead {
  mustBeList(headers);
  return makeInformationalHead(STATUS, headers);
}
