/** Where a redirect leads, and with what (RFC 9110 §15.4; methods as in the Fetch Standard, "HTTP-redirect fetch"). */
import { removeHeader } from "../wsgi/header-list.ts";
import type { AnswerHead } from "./answer-head.ts";
import { type TestRequest, urlOf } from "./test-request.ts";

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** What says something of a body that is not sent again. */
const BODY_FIELDS = [
  ...["Content-Type", "Content-Length", "Content-Encoding", "Content-Language"],
  ...["Content-Location", "Transfer-Encoding"],
];

/**
 * Undefined where an answer is no redirect, or leads to what this application does not serve: another
 * host, or a path that is not below `scriptName`.
 * @throws {TypeError} `Location` is no URL, or the body came in pieces and is gone
 */
export function redirected(request: TestRequest, answer: AnswerHead): TestRequest | undefined {
  const location = answer.header("Location");
  if (location === undefined || !REDIRECTS.has(answer.status)) return undefined;
  const from = new URL(urlOf(request));
  const to = new URL(location, from);
  const scheme = to.protocol === "http:" ? "http" : "https";
  const isHere = to.protocol === `${scheme}:` && to.hostname === from.hostname;
  const target = belowMount(to.pathname + to.search, request.scriptName);
  if (!isHere || target === undefined) return undefined;
  const place = { ...request, scheme, host: to.host, target } as const;
  if (!becomesGet(answer.status, request.method)) return withBodyAgain(place);
  const headers = request.headers.slice();
  for (const name of BODY_FIELDS) removeHeader(headers, name);
  return { ...place, method: "GET", headers, body: undefined };
}

function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== "GET" && method !== "HEAD";
  return (status === 301 || status === 302) && method === "POST";
}

function withBodyAgain(request: TestRequest): TestRequest {
  const { body, target } = request;
  if (body === undefined || body.content instanceof Uint8Array) return request;
  throw new TypeError(
    `the redirect to ${target} wants a body again that came in pieces; give bytes`,
  );
}

/** What is left of a target behind the path of the mount, by whole segments. */
export function belowMount(target: string, scriptName: string): string | undefined {
  if (!target.startsWith(scriptName)) return undefined;
  const rest = target.slice(scriptName.length);
  if (rest.startsWith("/")) return rest;
  return rest === "" || rest.startsWith("?") ? `/${rest}` : undefined;
}
