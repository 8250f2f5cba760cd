/** What a developer is shown of an error: the stack with its source, and the request without its secrets. */
import { inspect } from "node:util";
import { fieldsOf } from "../wsgi/environ-fields.ts";
import { escapedHtml } from "../wsgi/escaped-html.ts";
import type { Environ } from "../wsgi/types.ts";
import { developmentPage } from "./page.ts";
import { type Frame, framesOf } from "./traceback.ts";

/** How many errors are shown that one has as its cause. */
const MAX_CAUSES = 5;

const HIDDEN = "[hidden]";

/** What tells who somebody is, or lets in. */
const SECRET = /auth|cookie|credential|csrf|key|pass|secret|session|signature|token/i;

/** As HTML. */
export function failurePage(error: unknown, environ: Environ): string {
  const errors = withCauses(error);
  const sections = errors.map((each, at) => {
    const heading = at === 0 ? "" : `<h2>Caused by ${escapedHtml(titleOf(each))}</h2>\n`;
    return `${heading}${each instanceof Error ? framesOf(each).map(frameHtml).join("") : ""}`;
  });
  return developmentPage(titleOf(error), `${sections.join("")}${requestHtml(environ)}`);
}

/** For who reads no HTML. */
export function failureText(error: unknown): string {
  const stacks = withCauses(error).map((each) =>
    each instanceof Error ? (each.stack ?? titleOf(each)) : titleOf(each),
  );
  return `${stacks.join("\n\nCaused by ")}\n`;
}

function titleOf(error: unknown): string {
  if (error instanceof Error) return `${error.name}: ${error.message}`;
  // Not everything can be made a string of.
  return `thrown: ${typeof error === "string" ? error : inspect(error)}`;
}

function withCauses(error: unknown): readonly unknown[] {
  const errors = [error];
  for (let last = error; last instanceof Error && last.cause !== undefined; ) {
    last = last.cause;
    if (errors.length > MAX_CAUSES || errors.includes(last)) break;
    errors.push(last);
  }
  return errors;
}

function frameHtml({ call, path, line, isOwn, source }: Frame): string {
  const place = `<code>${escapedHtml(`${path}:${line}`)}</code>`;
  const summary = call === "" ? place : `<strong>${escapedHtml(call)}</strong> ${place}`;
  const lines = source.map(({ number, text }) => {
    const shown = escapedHtml(`${String(number).padStart(5)}  ${text}`);
    return number === line ? `<mark>${shown}</mark>` : shown;
  });
  const block = lines.length === 0 ? "" : `<pre>${lines.join("\n")}</pre>`;
  const look = isOwn ? " open" : ' class="quiet"';
  return `<details${look}><summary>${summary}</summary>${block}</details>\n`;
}

function requestHtml(environ: Environ): string {
  const { REQUEST_METHOD: method, SCRIPT_NAME, PATH_INFO, QUERY_STRING } = environ;
  const facts: (readonly [string, string])[] = [
    ["Request", `${method} ${SCRIPT_NAME}${PATH_INFO}`],
    ...[...new URLSearchParams(QUERY_STRING)].map(
      ([name, value]) => [`?${name}`, shown(name, value)] as const,
    ),
    ["Client", environ.REMOTE_ADDR ?? ""],
    ...fieldsOf(environ).map(([name, value]) => [name, shown(name, value)] as const),
  ];
  const rows = facts.map(
    ([name, value]) => `<tr><th>${escapedHtml(name)}</th><td>${escapedHtml(value)}</td></tr>`,
  );
  return `<h2>The request</h2>\n<table>\n${rows.join("\n")}\n</table>\n`;
}

function shown(name: string, value: string): string {
  return SECRET.test(name) ? HIDDEN : value;
}
