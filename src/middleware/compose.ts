/** Several middleware as one. */
import type { Middleware } from "../wsgi/types.ts";

/** The first is the outermost: it sees a request first and an answer last. */
export function compose(...middleware: readonly Middleware[]): Middleware {
  return (application) => middleware.reduceRight((inner, wrap) => wrap(inner), application);
}
