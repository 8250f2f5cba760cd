/** A handler as an application. */
import type { Application, ResponseBody } from "../wsgi/types.ts";
import { HttpError } from "./http-error.ts";
import { HttpRequest } from "./http-request.ts";
import { type Result, respond } from "./respond.ts";

export type Handler = (request: HttpRequest) => Result | Promise<Result>;

/** An {@link HttpError} that the handler throws is its answer; anything else is the server's to report. */
export function toApplication(handler: Handler): Application {
  return (environ, startResponse) => {
    const answer = (result: Result): ResponseBody => respond(result, environ, startResponse);
    const recover = (error: unknown): ResponseBody => answer(responseOfError(error));
    try {
      const result = handler(new HttpRequest(environ));
      return result instanceof Promise ? result.then(answer, recover) : answer(result);
    } catch (error) {
      return recover(error);
    }
  };
}

/** @throws what is no {@link HttpError} */
function responseOfError(error: unknown): Result {
  if (error instanceof HttpError) return error.response();
  throw error;
}
