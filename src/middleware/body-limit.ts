/** 413 for requests whose body is too large, before more of it is read. */
import { HttpError } from "../messages/http-error.ts";
import { respond } from "../messages/respond.ts";
import type { Environ, Middleware } from "../wsgi/types.ts";
import { LimitedInput } from "./limited-input.ts";
import { OptionJudge } from "./option-error.ts";
import { whenReturned } from "./wrapped-body.ts";

export interface BodyLimitOptions {
  /** Bytes that a request's body may have; a function tells it of each request. */
  readonly maxBytes: number | ((environ: Environ) => number);
}

/** What reading a body beyond its limit throws: answered by 413 where the application lets it pass. */
export class BodyTooLargeError extends HttpError {
  override readonly name: string = "BodyTooLargeError";
  /** For a server that it reaches. */
  readonly statusHint = 413;

  constructor(maxBytes: number) {
    super(413, `the body of the request is larger than ${maxBytes} bytes`);
  }
}

const judge = new OptionJudge("bodyLimit");

/**
 * Answers 413 (RFC 9110 §15.5.14) without calling the application where CONTENT_LENGTH says that the
 * body is larger. A body that tells no length fails with a {@link BodyTooLargeError} where reading
 * gets beyond the limit, of a Python application before it is called.
 *
 * @example
 * const application = bodyLimit({ maxBytes: 1_000_000 })(python("shop.wsgi"));
 *
 * @throws {OptionError} the limit is no whole number of bytes
 */
export function bodyLimit({ maxBytes }: BodyLimitOptions): Middleware {
  if (typeof maxBytes === "number") judge.mustBeCount("maxBytes", maxBytes, "bytes");
  const limitOf = typeof maxBytes === "number" ? () => maxBytes : maxBytes;
  return (application) => (environ, startResponse) => {
    const limit = limitOf(environ);
    if (Number(environ.CONTENT_LENGTH ?? "") > limit) {
      return respond(new BodyTooLargeError(limit).response(), environ, startResponse);
    }
    if (environ["wsgi.input_terminated"] !== true) return application(environ, startResponse);
    const refuse = (): Error => new BodyTooLargeError(limit);
    const input = new LimitedInput(environ["wsgi.input"], limit, refuse);
    return whenReturned(
      () => application({ ...environ, "wsgi.input": input }, startResponse),
      (body) => body,
      (error) => {
        if (!(error instanceof BodyTooLargeError) || error !== input.refusal) throw error;
        // The application may have started another answer.
        return respond(error.response(), environ, (status, headers) =>
          startResponse(status, headers, error),
        );
      },
    );
  };
}
