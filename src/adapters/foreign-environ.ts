/** The environ of a request that another server has received, and whose fields it has judged. */

import { type ConnectionFacts, makeEnviron, type ServerFacts } from "../gateway/environ.ts";
import { LogErrorStream } from "../gateway/error-stream.ts";
import { FORWARDED_KINDS } from "../gateway/forwarded-kinds.ts";
import type { RequestHead } from "../http/events.ts";
import { type FieldName, fieldName } from "../http/fields.ts";
import { CHUNKED, NO_BODY } from "../http/framing.ts";
import { decodePath } from "../wsgi/native-string.ts";
import type { Environ, InputStream } from "../wsgi/types.ts";
import { splitTarget, type Target } from "./request-target.ts";

/** Header fields as an environ is made of them. */
export class Fields {
  readonly names: FieldName[] = [];
  readonly values: string[] = [];

  /** What is no field name is left out, as the pseudo-header fields of HTTP/2 are. */
  add(name: string, value: string): void {
    const known = fieldName(name);
    if (known === undefined) return;
    this.names.push(known);
    this.values.push(value);
  }
}

export interface ForeignRequest {
  readonly method: string;
  /** As it was sent, or as near to it as is known. */
  readonly target: string;
  /** `target` without its query, split where the application is mounted. */
  readonly mounted: Pick<Target, "base" | "path">;
  readonly version: RequestHead["version"];
  readonly host: string | undefined;
  readonly fields: Fields;
  /** Whether there is a body whose length is not known. */
  readonly hasUnknownLength: boolean;
}

/** What another server knows of a connection. */
export type ForeignConnection = Pick<
  ConnectionFacts,
  "serverName" | "serverPort" | "remoteAddress" | "remotePort" | "scheme" | "closed" | "earlyHints"
>;

/** All is shown and nothing read into it: which proxies are believed is the other server's affair. */
const BELIEVED: ReadonlySet<(typeof FORWARDED_KINDS)[number]> = new Set(FORWARDED_KINDS);

const ERRORS = new LogErrorStream((text) => process.stderr.write(text));

const SERVER: ServerFacts = {
  software: "portico",
  multithread: true,
  multiprocess: false,
  headerMap: "drop",
  deployed: {},
  errors: ERRORS,
  hasRequestIds: false,
};

/** An error that nobody else is told of. */
export function report(error: unknown): void {
  ERRORS.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}

export function makeForeignEnviron(
  request: ForeignRequest,
  connection: ForeignConnection,
  input: InputStream,
): Environ {
  const { fields, mounted } = request;
  const head: RequestHead = {
    type: "request-head",
    method: request.method,
    target: request.target,
    rawPath: mounted.path,
    query: splitTarget(request.target).query.slice(1),
    version: request.version,
    host: request.host,
    names: fields.names,
    values: fields.values,
    framing: request.hasUnknownLength ? CHUNKED : NO_BODY,
    keepAlive: true,
    expectsContinue: false,
    isForwarded: false,
    repeatsFields: true,
  };
  const facts: ConnectionFacts = {
    ...connection,
    clientDisconnected: () => connection.closed.aborted,
    isTrusted: false,
    scriptName: decodePath(mounted.base),
    host: undefined,
    believed: BELIEVED,
    tls: undefined,
  };
  return makeEnviron(head, facts, SERVER, input);
}
