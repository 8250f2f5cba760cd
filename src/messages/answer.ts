/** Answering with what a handler gives, now or later, or with what its error is made into. */
import type { Environ, ResponseBody, StartResponse } from "../wsgi/types.ts";
import { HttpError } from "./http-error.ts";
import { HttpRequest } from "./http-request.ts";
import { type Result, respond } from "./respond.ts";
import { endUploads, hasUploads } from "./uploads.ts";

/** Gives the answer that stands for an error, or throws it on. */
export type Recovery = (error: unknown, environ: Environ) => Result | Promise<Result>;

/** Without a recovery, an {@link HttpError} is its own answer; anything else is the server's to report. */
export function answer(
  handler: () => Result | Promise<Result>,
  environ: Environ,
  startResponse: StartResponse,
  recovery: Recovery = responseOfError,
): ResponseBody | Promise<ResponseBody> {
  const send = (result: Result): ResponseBody => respond(result, environ, startResponse);
  const recover = (error: unknown): ResponseBody | Promise<ResponseBody> => {
    let result: Result | Promise<Result>;
    try {
      result = recovery(error, environ);
    } catch (unanswered) {
      return failed(unanswered, environ);
    }
    if (!(result instanceof Promise)) return send(result);
    return result.then(send, (unanswered) => failed(unanswered, environ));
  };
  let result: Result | Promise<Result>;
  try {
    result = handler();
  } catch (error) {
    return recover(error);
  }
  return result instanceof Promise ? result.then(send, recover) : send(result);
}

/** As the client likes it best. @throws what is no {@link HttpError} */
export function responseOfError(error: unknown, environ: Environ): Result {
  if (error instanceof HttpError) return error.response(new HttpRequest(environ));
  throw error;
}

/** Nobody else hears of the end of this request. @throws `error`, now if nothing has to be waited for */
function failed(error: unknown, environ: Environ): Promise<never> {
  if (!hasUploads(environ)) throw error;
  return endUploads(environ).then(() => {
    throw error;
  });
}
