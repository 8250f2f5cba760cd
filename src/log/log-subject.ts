/** What a line of a log is about, for those who look for all lines of one request or one worker. */

export interface LogSubject {
  readonly requestId?: string;
  /** The field as it came, valid or not. */
  readonly traceparent?: string | undefined;
  readonly method?: string;
  /** The path of the request-target, as it was sent. */
  readonly path?: string;
  readonly workerPid?: number | undefined;
}

/** The key of a request's id in its environ; whatever has none is found by no id. */
const REQUEST_ID = "portico.request_id";

/** The request of an environ; undefined where it has no id. */
export function requestSubject(environ: object): LogSubject | undefined {
  // An environ may hold any name; its type lists those that PEP 3333 does.
  const values = environ as Readonly<Record<string, string | undefined>>;
  const requestId = values[REQUEST_ID];
  if (typeof requestId !== "string") return undefined;
  const { REQUEST_METHOD: method = "", REQUEST_URI: target = "" } = values;
  const traceparent = values.HTTP_TRACEPARENT;
  return { requestId, traceparent, method, path: pathOf(target) };
}

/** A request-target without its query. */
export function pathOf(target: string): string {
  const end = target.indexOf("?");
  return end === -1 ? target : target.slice(0, end);
}
