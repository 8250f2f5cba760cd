/** The id of a request, by which its lines are found in every log that it passes: taken or made. */
import { randomUUID } from "node:crypto";
import type { RequestHead } from "../http/events.ts";
import { FieldRole } from "../http/fields.ts";
import type { Environ } from "../wsgi/types.ts";

/** It stands in each line about its request: short, and of what ends no quotes and no brackets. */
const REQUEST_ID = /^[\w+/=.:;,@~|#$-]{1,128}$/;

/**
 * Puts the request's id into its environ, last of all. That which the client sent counts if it is
 * believed, stands once and is fit to be one.
 */
export function identify(environ: Environ, head: RequestHead, isBelieved: boolean): void {
  const id = (isBelieved ? givenId(head) : undefined) ?? randomUUID();
  environ["portico.request_id"] = id;
  environ.HTTP_X_REQUEST_ID = id;
}

function givenId({ names, values }: RequestHead): string | undefined {
  const isId = (name: RequestHead["names"][number]): boolean => name.role === FieldRole.REQUEST_ID;
  const at = names.findIndex(isId);
  const value = values[at] ?? "";
  return at === names.findLastIndex(isId) && isRequestId(value) ? value : undefined;
}

/** Whether a text is fit to be an id. */
export function isRequestId(text: string): boolean {
  return REQUEST_ID.test(text);
}
