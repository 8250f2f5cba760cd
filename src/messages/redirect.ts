/** Redirects that lead nowhere by surprise (RFC 9110 §15.4). */

import { percentEncoded } from "../wsgi/native-string.ts";
import { HttpError } from "./http-error.ts";
import { HttpResponse, type ResponseOptions } from "./http-response.ts";

export interface RedirectOptions extends Omit<ResponseOptions, "status"> {
  /** 303 if not given: whatever was asked, the next request is a GET. 307 and 308 keep the method. */
  readonly status?: 301 | 302 | 303 | 307 | 308;
  /** Whether it may lead to another host; `false` if not given. */
  readonly external?: boolean;
}

/**
 * The target is none, or leads to another host; the message says which. Its answer is 400: a target of
 * that kind has come from the client, or would have been found in the first trial.
 */
export class RedirectError extends HttpError {
  override readonly name: string = "RedirectError";

  constructor(message: string) {
    super(400, message);
  }
}

/**
 * Any host that no target can mean, by both schemes: `http:host` is a path of a page that came over http,
 * and another host for one over https (URL Standard §4.4, "scheme state").
 */
const HERE = ["http://here.invalid/", "https://here.invalid/"] as const;

/**
 * A reference is sent as it is, so that scheme, host and mount stay as the client knows them; what is
 * not ASCII is percent-encoded.
 * @throws {RedirectError} a control character; or another host, without `external`
 */
export function redirect(
  target: string | URL,
  { status = 303, external = false, ...options }: RedirectOptions = {},
): HttpResponse {
  const location = referenceOf(target);
  if (!external && !staysHere(location)) {
    throw new RedirectError(
      `${JSON.stringify(location)} leads to another host: say { external: true } if it may`,
    );
  }
  return new HttpResponse(null, { ...options, status }).setHeader("Location", location);
}

function referenceOf(target: string | URL): string {
  if (target instanceof URL) return target.href;
  // Browsers drop line ends and tabs in a URL; a server would refuse the field, later.
  if (/[\x00-\x1f\x7f]/.test(target)) {
    throw new RedirectError(`${JSON.stringify(target)} has a control character`);
  }
  return target.replace(/[^\x21-\x7e]+/g, percentEncoded);
}

/** As browsers read it, whatever the scheme of the page: `//host`, `\\host` and `/\host` are another host's. */
function staysHere(reference: string): boolean {
  return HERE.every(
    (here) => URL.canParse(reference, here) && new URL(reference, here).href.startsWith(here),
  );
}
