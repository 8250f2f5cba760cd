/** Answering with what a handler gives, now or later, or with what its error is made into. */
import type { Environ, ResponseBody, StartResponse } from "../wsgi/types.ts";
import { HttpError } from "./http-error.ts";
import { type Result, respond } from "./respond.ts";

/** Gives the answer that stands for an error, or throws it on. */
export type Recovery = (error: unknown) => Result | Promise<Result>;

/** Without a recovery, an {@link HttpError} is its own answer; anything else is the server's to report. */
export function answer(
  handler: () => Result | Promise<Result>,
  environ: Environ,
  startResponse: StartResponse,
  recovery: Recovery = responseOfError,
): ResponseBody | Promise<ResponseBody> {
  const send = (result: Result): ResponseBody => respond(result, environ, startResponse);
  const recover = (error: unknown): ResponseBody | Promise<ResponseBody> => {
    const result = recovery(error);
    return result instanceof Promise ? result.then(send) : send(result);
  };
  try {
    const result = handler();
    return result instanceof Promise ? result.then(send, recover) : send(result);
  } catch (error) {
    return recover(error);
  }
}

/** @throws what is no {@link HttpError} */
export function responseOfError(error: unknown): Result {
  if (error instanceof HttpError) return error.response();
  throw error;
}
