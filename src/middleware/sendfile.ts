/**
 * Files that an application names in `X-Sendfile` or `X-Accel-Redirect`, sent in place of its body: what
 * has made the answer is free at once, and conditions and ranges are answered as for static files.
 */
import { type NamedFile, NamedFiles } from "../static/named-files.ts";
import { headerValue, removeHeader } from "../wsgi/header-list.ts";
import type { Environ, HeaderList, Middleware } from "../wsgi/types.ts";
import { holdAnswers, type Plan } from "./answer-plan.ts";
import type { Head } from "./change-head.ts";
import { inPlaceOf } from "./wrapped-body.ts";

export interface SendfileOptions {
  /** Directories that the files of `X-Sendfile` have to be in; none if not given, and the field goes on to the client. */
  readonly roots?: readonly string[];
  /** By the path that `X-Accel-Redirect` begins with, as `{ "/protected/": "/srv/media" }`; none if not given. */
  readonly accel?: Readonly<Record<string, string>>;
}

/** The application has named a file that it may not, and is told so in the log; clients get 500. */
export class SendfileError extends Error {
  override readonly name: string = "SendfileError";
}

/** What nginx takes from an answer to steer its own. */
const OF_NGINX = [
  "X-Accel-Redirect",
  "X-Accel-Buffering",
  "X-Accel-Charset",
  "X-Accel-Expires",
  "X-Accel-Limit-Rate",
];

/** Answers that have no content have no file either (RFC 9110 §6.4.1). */
const WITHOUT_CONTENT = /^(?:1|204|205|304)/;

/**
 * Only files within these directories are sent, wherever links lead.
 * @throws {StaticFilesError} one of them is no directory, or a path does not begin with a slash
 * @example
 * ```ts
 * import { sendfile } from "portico/middleware/sendfile";
 *
 * export default sendfile({ roots: ["/srv/media"] })(application);
 * ```
 */
export function sendfile({ roots = [], accel = {} }: SendfileOptions): Middleware {
  const bySendfile = NamedFiles.byPath(roots);
  const byAccel = NamedFiles.byPrefix(accel);
  return holdAnswers((head, environ) => {
    const path = byAccel.isEmpty ? undefined : headerValue(head.headers, "X-Accel-Redirect");
    if (path !== undefined) return planOf(head, environ, found(byAccel, path, "X-Accel-Redirect"));
    const name = bySendfile.isEmpty ? undefined : headerValue(head.headers, "X-Sendfile");
    return name === undefined
      ? undefined
      : planOf(head, environ, found(bySendfile, name, "X-Sendfile"));
  });
}

function found(files: NamedFiles, name: string, field: string): () => NamedFile {
  return () => {
    const file = files.find(name);
    if (file !== undefined) return file;
    const known = files.names.map((one) => JSON.stringify(one)).join(", ");
    throw new SendfileError(
      `${field} is ${JSON.stringify(name)}, which is not within ${known}: add its directory there`,
    );
  };
}

function planOf({ status, headers }: Head, environ: Environ, find: () => NamedFile): Plan {
  const head: Head = { status, headers: withoutOrders(headers) };
  return {
    written: "dropped",
    // Closed first: who has made the answer is free before the first byte is sent.
    finish: (body) =>
      WITHOUT_CONTENT.test(status)
        ? { ...head, body }
        : inPlaceOf(body, () => find().answer(head, environ)),
  };
}

function withoutOrders(headers: HeaderList): HeaderList {
  const left = headers.slice();
  for (const name of ["X-Sendfile", ...OF_NGINX]) removeHeader(left, name);
  return left;
}
