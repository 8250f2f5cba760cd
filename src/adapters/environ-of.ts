/** From a request that an adapter has made back to the environ that it was made of. */
import type { Environ } from "../wsgi/types.ts";

/** The same in all copies of this package in the process, as a linked and an installed one. */
const KEY: unique symbol = Symbol.for("portico.environ");

interface Carrier {
  [KEY]?: Environ;
}

/**
 * The environ of a `Request` or an `IncomingMessage` that Portico has made: for the address of the
 * client, the mount (`SCRIPT_NAME`) and what middleware have put there. Undefined for any other request.
 */
export function environOf(request: object): Environ | undefined {
  return (request as Carrier)[KEY];
}

/** Lets {@link environOf} find it. */
export function carryEnviron(request: object, environ: Environ): void {
  (request as Carrier)[KEY] = environ;
}
