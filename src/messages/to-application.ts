/** A handler as an application. */
import type { Application } from "../wsgi/types.ts";
import { answer } from "./answer.ts";
import { HttpRequest } from "./http-request.ts";
import type { Result } from "./respond.ts";

export type Handler = (request: HttpRequest) => Result | Promise<Result>;

/** An `HttpError` that the handler throws is its answer; anything else is the server's to report. */
export function toApplication(handler: Handler): Application {
  return (environ, startResponse) =>
    answer(() => handler(new HttpRequest(environ)), environ, startResponse);
}
