/** Errors as the error handlers of Express, Koa and Fastify read them. */
import { retryAfterOf, statusFor } from "../gateway/error-response.ts";

/**
 * Says the status that answers the error by the names that they look for, and when to try again: where
 * the error has not said so itself.
 */
export function withStatus(error: Error): Error {
  const status = statusFor(error);
  if (status !== 500) {
    add(error, "status", status);
    add(error, "statusCode", status);
  }
  const seconds = retryAfterOf(error);
  if (seconds !== undefined) add(error, "headers", { "Retry-After": String(seconds) });
  return error;
}

function add(error: Error, name: string, value: unknown): void {
  // One that is frozen stays as it is: then it is a 500.
  if (!(name in error)) Reflect.set(error, name, value);
}
