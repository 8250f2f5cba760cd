/** Whatever handlers return, the answer keeps the contract: lint stands on its other side. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { events } from "../../src/messages/events.ts";
import { file } from "../../src/messages/file.ts";
import { HttpError } from "../../src/messages/http-error.ts";
import { HttpResponse, html, json } from "../../src/messages/http-response.ts";
import { redirect } from "../../src/messages/redirect.ts";
import { stream } from "../../src/messages/stream.ts";
import { type Handler, toApplication } from "../../src/messages/to-application.ts";
import { lint } from "../../src/middleware/lint.ts";
import type { Finding } from "../../src/wsgi/lint/finding.ts";
import { Folder } from "../static/served.ts";
import { serveApplication } from "../support/serve-application.ts";

function handlers(path: string): Readonly<Record<string, Handler>> {
  return {
    "/text": () => "text",
    "/html": () => html("<p>"),
    "/json": async (request) => json({ sent: await request.text() }),
    "/file": () => file(path),
    "/blob": () => new HttpResponse(new Blob(["blob"], { type: "text/plain" })),
    "/platform": () => Response.json({}),
    "/redirect": () => redirect("/text"),
    "/none": () => new HttpResponse(null, { status: 204 }),
    "/stream": () => stream(["a", "b"]),
    "/events": () => events(["a"]),
    "/cookie": () =>
      new HttpResponse("x", { headers: { "Content-Type": "a/b" } }).setCookie("a", "1"),
    "/form": async (request) => `${[...(await request.form()).keys()]}`,
    "/error": () => {
      throw new HttpError(403, "no", { retryAfter: 1 });
    },
  };
}

const FIELDS = [
  [],
  [["Range", "bytes=1-2"]],
  [["If-None-Match", "*"]],
  [["If-Match", '"other"']],
  [["Accept", "application/json"]],
] as const;

test("lint finds nothing in what handlers answer", async () => {
  using folder = new Folder();
  const path = join(folder.path, "a.txt");
  writeFileSync(path, "x".repeat(100_000));
  const byPath = handlers(path);
  const findings: Finding[] = [];
  const application = lint(
    toApplication((request) => byPath[request.path]?.(request) ?? "nothing"),
    { onFinding: (finding) => findings.push(finding) },
  );
  await using served = await serveApplication(application);
  const body = "a=1";
  for (const target of Object.keys(byPath)) {
    for (const method of ["GET", "HEAD", "POST"]) {
      for (const fields of FIELDS) {
        const form = [...fields, ["Content-Type", "application/x-www-form-urlencoded"]] as const;
        const parts = method === "POST" ? { fields: form, body } : { fields };
        const { status } = await served.ask(method, target, parts);
        assert.notEqual(status, 500, `${method} ${target}`);
      }
    }
  }
  assert.deepEqual(findings, []);
});
