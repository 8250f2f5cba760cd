/** An id for each request, in its environ and in its answer. */
import { randomUUID } from "node:crypto";
import { isRequestId } from "../gateway/request-id.ts";
import { fieldName } from "../http/fields.ts";
import { headerValue } from "../wsgi/header-list.ts";
import type { Environ, Middleware } from "../wsgi/types.ts";
import { changeHead } from "./change-head.ts";
import { OptionError, OptionJudge } from "./option-error.ts";

export interface RequestIdOptions {
  /** The field of the answer, and of the request where that is believed; `X-Request-ID` if not given. */
  readonly header?: string;
  /** Whether an id that the client sent is taken, where it is fit to be one; if not given, it is not. */
  readonly acceptsClients?: boolean;
  /** Makes an id: 1 to 128 letters, digits and `+/=.:;,@~|#$-_`. A random UUID if not given. */
  readonly make?: () => string;
}

const judge = new OptionJudge("requestId");

/**
 * Gives each request an id: `environ["portico.request_id"]`, the request's field as applications of both
 * languages read it (`HTTP_X_REQUEST_ID`), and the answer's, unless the application gives that itself. Where
 * the server gives requests their ids (`--request-id`), those are taken: they stand in its logs.
 *
 * @example
 * const application = requestId()((environ, startResponse) => {
 *   startResponse("200 OK", [["Content-Type", "text/plain"]]);
 *   return [Buffer.from(environ["portico.request_id"] ?? "")];
 * });
 *
 * @throws {OptionError} the field's name is none; at a request: `make` made what is no id
 */
export function requestId(options: RequestIdOptions = {}): Middleware {
  const { header = "X-Request-ID", acceptsClients = false, make = randomUUID } = options;
  judge.mustBeToken("header", header);
  const variable = fieldName(header)?.metaVariable ?? "HTTP_X_REQUEST_ID";
  const idOf = (environ: Environ): string => {
    const given = environ["portico.request_id"];
    if (given !== undefined) return given;
    const sent = acceptsClients ? environ[variable] : undefined;
    return sent !== undefined && isRequestId(sent) ? sent : made(make());
  };
  return (application) => {
    const answering = changeHead(application, (head, environ) => {
      const id = environ["portico.request_id"];
      if (id === undefined || headerValue(head.headers, header) !== undefined) return head;
      return { ...head, headers: [...head.headers, [header, id]] };
    });
    return (environ, startResponse) => {
      const id = idOf(environ);
      // Not in a copy: logs around this read it when the answer has gone.
      environ["portico.request_id"] = id;
      environ[variable] = id;
      return answering(environ, startResponse);
    };
  };
}

function made(id: string): string {
  if (isRequestId(id)) return id;
  throw new OptionError("requestId", "make", `made ${JSON.stringify(id)}, which is no id`);
}
