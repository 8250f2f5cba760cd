/** Applications as plug-ins of Fastify, and Fastify as an application. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Application } from "../wsgi/types.ts";
import { fromNodeHandler } from "./node.ts";
import { callOnNode } from "./node-call.ts";

/** What of a request of Fastify is used. */
interface FastifyRequest {
  readonly raw: IncomingMessage;
}

interface FastifyReply {
  readonly raw: ServerResponse;
  hijack(): unknown;
  getHeaders(): Readonly<Record<string, number | string | string[] | undefined>>;
}

type RouteHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** What of an instance of Fastify is used by a plug-in in its prefix. */
export interface FastifyInstance {
  readonly prefix: string;
  removeAllContentTypeParsers(): void;
  addContentTypeParser(
    contentType: string,
    parser: (request: unknown, payload: unknown, done: (error: null) => void) => void,
  ): unknown;
  all(path: string, handler: RouteHandler): unknown;
}

export type FastifyPlugin = (instance: FastifyInstance, options: object) => Promise<void>;

/** What of a whole instance of Fastify is used. */
export interface FastifyServer {
  ready(): PromiseLike<unknown>;
  routing(request: IncomingMessage, response: ServerResponse): void;
}

/**
 * A plug-in that gives all requests below its `prefix` to an application of either language. Hooks of the
 * instance run before it, fields that they have set are kept, and its error handler is told of errors; bodies
 * are left for the application to read.
 */
export function toFastifyPlugin(application: Application): FastifyPlugin {
  return async (instance) => {
    instance.removeAllContentTypeParsers();
    instance.addContentTypeParser("*", (_request, _payload, parsed) => parsed(null));
    const handler = routeHandler(application, instance.prefix);
    instance.all("/", handler);
    instance.all("/*", handler);
  };
}

/** An instance of Fastify as an application; it is made ready by the first request, if nobody has before. */
export function fromFastify(fastify: FastifyServer): Application {
  const application = fromNodeHandler((request, response) => fastify.routing(request, response));
  let isReady = false;
  return (environ, startResponse) => {
    if (isReady) return application(environ, startResponse);
    return Promise.resolve(fastify.ready()).then(() => {
      isReady = true;
      return application(environ, startResponse);
    });
  };
}

function routeHandler(application: Application, prefix: string): RouteHandler {
  const segments = prefix.split("/").filter((segment) => segment !== "").length;
  return ({ raw: request }, reply) =>
    new Promise((resolve, reject) => {
      callOnNode(application, {
        request,
        response: reply.raw,
        prefix: firstSegments(request.url ?? "/", segments),
        beforeHead: () => takeOver(reply),
        settled: (error) => (error === undefined ? resolve() : reject(error)),
      });
    });
}

/** As the client spelt the prefix, whose segments may be parameters. */
function firstSegments(url: string, count: number): string {
  return (
    /^[^?]*/
      .exec(url)?.[0]
      .split("/")
      .slice(0, count + 1)
      .join("/") ?? ""
  );
}

/** From here on Fastify has no part in the answer but the fields that its hooks have set. */
function takeOver(reply: FastifyReply): void {
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
}
