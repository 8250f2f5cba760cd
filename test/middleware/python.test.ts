/** Middleware of TypeScript around an application in Python. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fieldValue } from "../../src/client/field-list.ts";
import { python } from "../../src/embed/python.ts";
import { accessLog } from "../../src/middleware/access-log.ts";
import { bodyLimit } from "../../src/middleware/body-limit.ts";
import { cors } from "../../src/middleware/cors.ts";
import { errorPages } from "../../src/middleware/error-pages.ts";
import type { LoggedRequest } from "../../src/middleware/logged-request.ts";
import { methodOverride } from "../../src/middleware/method-override.ts";
import { profiler } from "../../src/middleware/profiler.ts";
import { requestId } from "../../src/middleware/request-id.ts";
import { securityHeaders } from "../../src/middleware/security-headers.ts";
import { staticFilesAt } from "../../src/middleware/static-files-at.ts";
import { timeout } from "../../src/middleware/timeout.ts";
import { mount } from "../../src/routing/mount.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { KeptLog, type ServedApplication, serveApplication } from "../support/serve-application.ts";

const directory = join(repositoryRoot, "test", "middleware", "applications");
const logged: LoggedRequest[] = [];
const log = new KeptLog();
const shop = python("shop.py", { directory, threads: 2, log: log.logger });

const application = mount({
  "/logged": accessLog({ to: (_line, request) => logged.push(request) })(shop),
  "/limited": bodyLimit({ maxBytes: 5 })(shop),
  "/paged": errorPages({ 404: "<p>none</p>", 500: "<p>broken</p>" })(shop),
  "/identified": requestId()(shop),
  "/secured": securityHeaders({ contentSecurityPolicy: { "script-src": "'nonce'" } })(shop),
  "/shared": cors({ origins: "*" })(shop),
  "/overridden": methodOverride({ field: "_method" })(shop),
  "/timed": timeout({ seconds: 0.05 })(shop),
  "/profiled": profiler()(shop),
  "/filed": staticFilesAt("/files", directory)(shop),
});

describe("around a Python application", () => {
  let served: ServedApplication | undefined;
  before(async () => {
    served = await serveApplication(application, {}, log);
  });
  after(async () => {
    await served?.[Symbol.asyncDispose]();
  });
  const ask: ServedApplication["ask"] = async (...request) => {
    assert.ok(served !== undefined);
    return served.ask(...request);
  };
  const text = async (...request: Parameters<typeof ask>): Promise<string> => {
    const { status, body } = await ask(...request);
    return `${status} ${body.toString()}`;
  };

  test("accessLog tells of whole answers, of streams and of errors", async () => {
    await ask("GET", "/logged/echo");
    assert.equal(await text("GET", "/logged/stream"), "200 0 1 2 ");
    await ask("GET", "/logged/raises");
    assert.deepEqual(
      logged.map(({ path, status, bytesSent }) => [path, status, bytesSent]),
      [
        ["/echo", 200, 4],
        ["/stream", 200, 6],
        ["/raises", 500, 0],
      ],
    );
  });

  test("bodyLimit refuses bodies of both framings, before the application is called", async () => {
    assert.equal(await text("POST", "/limited/echo", { body: "12345" }), "200 POST 12345");
    assert.match(await text("POST", "/limited/echo", { body: "123456" }), /^413 /);
    for (const [body, status] of [
      ["5\r\n12345\r\n0\r\n\r\n", /^200 POST 12345$/],
      ["6\r\n123456\r\n0\r\n\r\n", /^413 /],
    ] as const) {
      assert.ok(served !== undefined);
      using connection = await served.connect();
      const head = "POST /limited/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
      connection.send(Buffer.from(head + body));
      const answer = await connection.answer();
      assert.match(`${answer.status} ${answer.body.toString()}`, status);
    }
  });

  test("errorPages takes the place of its answers, and of what it raises", async () => {
    assert.equal(await text("GET", "/paged/missing"), "404 <p>none</p>");
    assert.equal(await text("GET", "/paged/raises"), "500 <p>broken</p>");
    await log.said(/ValueError: \/raises/);
  });

  test("requestId and securityHeaders tell it what they say to the client", async () => {
    const identified = await ask("GET", "/identified/");
    const { HTTP_X_REQUEST_ID: id } = JSON.parse(identified.body.toString());
    assert.equal(id, fieldValue(identified.fields, "x-request-id"));
    const secured = await ask("GET", "/secured/");
    const { "portico.csp_nonce": nonce } = JSON.parse(secured.body.toString());
    const policy = fieldValue(secured.fields, "content-security-policy");
    assert.equal(policy, `frame-ancestors 'self'; script-src 'nonce-${nonce}'`);
  });

  test("cors and profiler add their fields", async () => {
    const { fields } = await ask("GET", "/shared/");
    assert.equal(fieldValue(fields, "access-control-allow-origin"), "*");
    const profiled = await ask("GET", "/profiled/");
    assert.match(fieldValue(profiled.fields, "server-timing") ?? "", /^app;dur=/);
  });

  test("methodOverride tells it the method of a form, and leaves it the form", async () => {
    const fields: [string, string][] = [["Content-Type", "application/x-www-form-urlencoded"]];
    const form = { fields, body: "_method=PUT&a=1" };
    assert.equal(await text("POST", "/overridden/echo", form), "200 PUT _method=PUT&a=1");
  });

  test("timeout answers for it", async () => {
    assert.match(await text("GET", "/timed/slow"), /^504 /);
  });

  test("staticFilesAt asks it for what is no file", async () => {
    assert.match(await text("GET", "/filed/files/shop.py"), /^200 """An application/);
    assert.match(
      await text("GET", "/filed/files/none.py"),
      /^200 \{.*"PATH_INFO": "\/files\/none\.py"/,
    );
  });
});
