/** Requests to an application within a middleware, with lint on both sides: what it finds fails them. */

import assert from "node:assert/strict";
import { createClient } from "../../src/testing/client.ts";
import type { Finding } from "../../src/wsgi/lint/finding.ts";
import { makeLint } from "../../src/wsgi/lint.ts";
import type { Application, Environ, HeaderList, Middleware } from "../../src/wsgi/types.ts";

export type Ask = ReturnType<typeof createClient>["request"];
export type TestResponse = Awaited<ReturnType<Ask>>;

/** `given` stands in each environ, in the place of what is there. */
export function asking(
  middleware: Middleware,
  application: Application,
  given: Partial<Environ> = {},
): Ask {
  const findings: Finding[] = [];
  // Without a clock: how long a busy machine takes is no finding here.
  const lint = makeLint();
  const linted: Middleware = (inner) =>
    lint(inner, { onFinding: (finding) => findings.push(finding) });
  const wrapped = linted(middleware(linted(application)));
  const client = createClient((environ, startResponse) =>
    wrapped(Object.assign(environ, given), startResponse),
  );
  return async (method, target, options) => {
    const response = await client.request(method, target, options);
    assert.deepEqual(findings, []);
    return response;
  };
}

/** Answers all requests alike, with a whole body. */
export function answers(
  body: string,
  headers: HeaderList = [["Content-Type", "text/plain"]],
  status = "200 OK",
): Application {
  return (environ, startResponse) => {
    startResponse(status, headers.slice());
    return environ.REQUEST_METHOD === "HEAD" ? [] : [Buffer.from(body)];
  };
}

/** Answers with what `show` sees of the request. */
export function shows(show: (environ: Environ) => unknown): Application {
  return (environ, startResponse) => {
    startResponse("200 OK", [["Content-Type", "application/json"]]);
    return [Buffer.from(JSON.stringify(show(environ) ?? null))];
  };
}

/** The values of a field, in their order. */
export function values({ headers }: Pick<TestResponse, "headers">, name: string): string[] {
  return headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
}

/** What is written to wsgi.errors, and the environ's part that has it. */
export function keptErrors(): { text: string; readonly given: Partial<Environ> } {
  const kept = {
    text: "",
    given: {
      "wsgi.errors": {
        write: (text: string) => {
          kept.text += text;
        },
        writelines() {},
        flush() {},
      },
    },
  };
  return kept;
}
