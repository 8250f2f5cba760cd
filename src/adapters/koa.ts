/** Applications as middleware of Koa. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Application } from "../wsgi/types.ts";
import { callOnNode } from "./node-call.ts";

/** What of Koa's context is used. */
export interface KoaContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly originalUrl: string;
  respond?: boolean | undefined;
}

/**
 * Runs an application of either language as the last middleware of Koa, which is told of its errors as of
 * those of any other. (For a Koa application in Portico, `fromNodeHandler(app.callback())`.)
 */
export function toKoaMiddleware(application: Application): (context: KoaContext) => Promise<void> {
  return (context) =>
    new Promise((resolve, reject) => {
      const { req: request, res: response, originalUrl } = context;
      // Koa knows it, and changes `url` where it mounts.
      if (!("originalUrl" in request)) Object.assign(request, { originalUrl });
      callOnNode(application, {
        request,
        response,
        beforeHead: () => {
          context.respond = false;
        },
        settled: (error) => (error === undefined ? resolve() : reject(error)),
      });
    });
}
