/**
 * Listeners of node:http as applications, and applications as such listeners: Express, Koa and Connect mount
 * in Portico, and what Portico runs mounts in them.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { errorResponse, retryAfterOf, statusFor } from "../gateway/error-response.ts";
import type { Application } from "../wsgi/types.ts";
import { report } from "./foreign-environ.ts";
import { ListenerExchange } from "./listener-exchange.ts";
import { callOnNode } from "./node-call.ts";
import { NodeWriter } from "./node-writer.ts";

/** What node:http calls for a request, and what Express, Connect and Vite call middleware. */
export type NodeHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

/** An Express or Connect application, Koa's `app.callback()`, or any listener of node:http. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** So that a round trip gives back the original. */
const listeners = new WeakMap<Application, NodeListener>();
const applications = new WeakMap<object, Application>();

/**
 * Runs an application of either language as a listener, or as middleware of Express, Connect and Vite, which
 * are told of its errors by `next`; without `next` they are logged and answered as Portico does.
 */
export function toNodeHandler(application: Application): NodeHandler {
  const original = listeners.get(application);
  if (original !== undefined) return original;
  const handler: NodeHandler = (request, response, next) => {
    const settled = (error?: Error): void => {
      if (error === undefined) return;
      if (next === undefined) answerFailure(error, request, response);
      else next(error);
    };
    callOnNode(application, { request, response, settled });
  };
  applications.set(handler, application);
  return handler;
}

/**
 * Runs a listener as an application: it gets a request and a response of node:http without a socket. Its
 * `request.url` is that below the mount, `request.originalUrl` all of it, as Express has them;
 * `environOf(request)` tells the rest.
 */
export function fromNodeHandler(listener: NodeListener): Application {
  const original = applications.get(listener);
  if (original !== undefined) return original;
  const application: Application = (environ, startResponse) =>
    new ListenerExchange(environ, startResponse).run(listener);
  listeners.set(application, listener);
  return application;
}

function answerFailure(error: Error, request: IncomingMessage, response: ServerResponse): void {
  report(error);
  if (response.headersSent || response.destroyed) return;
  const { head, body } = errorResponse(statusFor(error), retryAfterOf(error));
  new NodeWriter(response, request.method ?? "GET").respond(head, [body], body.length);
}
