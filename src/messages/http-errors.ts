/** The errors of RFC 9110 §15.5 and §15.6 by name, for those that handlers mean most. */
import { HttpError, type HttpErrorOptions } from "./http-error.ts";

export interface HttpErrorClass {
  new (message?: string, options?: HttpErrorOptions): HttpError;
}

export const BadRequest: HttpErrorClass = named("BadRequest", 400);
/** With `{ challenge }`, which RFC 9110 §15.5.2 demands. */
export const Unauthorized: HttpErrorClass = named("Unauthorized", 401);
export const Forbidden: HttpErrorClass = named("Forbidden", 403);
export const NotFound: HttpErrorClass = named("NotFound", 404);
/** With `{ allow }`, which RFC 9110 §15.5.6 demands. */
export const MethodNotAllowed: HttpErrorClass = named("MethodNotAllowed", 405);
export const NotAcceptable: HttpErrorClass = named("NotAcceptable", 406);
export const Conflict: HttpErrorClass = named("Conflict", 409);
export const Gone: HttpErrorClass = named("Gone", 410);
export const PreconditionFailed: HttpErrorClass = named("PreconditionFailed", 412);
export const ContentTooLarge: HttpErrorClass = named("ContentTooLarge", 413);
export const UnsupportedMediaType: HttpErrorClass = named("UnsupportedMediaType", 415);
export const UnprocessableContent: HttpErrorClass = named("UnprocessableContent", 422);
export const PreconditionRequired: HttpErrorClass = named("PreconditionRequired", 428);
/** With `{ retryAfter }`, where it is known. */
export const TooManyRequests: HttpErrorClass = named("TooManyRequests", 429);
/** With `{ retryAfter }`, where it is known. */
export const ServiceUnavailable: HttpErrorClass = named("ServiceUnavailable", 503);

function named(name: string, status: number): HttpErrorClass {
  return class extends HttpError {
    override readonly name = name;

    constructor(message?: string, options?: HttpErrorOptions) {
      super(status, message, options);
    }
  };
}
