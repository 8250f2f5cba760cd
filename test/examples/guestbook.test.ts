import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ServerProcess } from "../support/server-process.ts";

describe("the guestbook", () => {
  let folder: string;
  let server: ServerProcess;
  let url: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "portico-guestbook-"));
    server = await ServerProcess.start({
      name: "the guestbook",
      command: process.execPath,
      args: ["bin/portico.mjs", "examples/guestbook/app.ts", "--bind", "127.0.0.1:0"],
      environ: { GUESTBOOK_DB: join(folder, "guestbook.sqlite3") },
    });
    url = `http://127.0.0.1:${server.port}`;
  });

  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("an entry is stored, redirected to and shown escaped", async () => {
    const signed = await sign({ name: "Ada <b>", message: 'Grüße & "1 < 2" ✓' });
    assert.equal(signed.status, 303);
    const page = await fetch(new URL(signed.headers.get("location") ?? "", url));
    assert.equal(page.status, 200);
    const html = await page.text();
    assert.match(html, /<b>Ada &lt;b&gt;<\/b>/);
    assert.match(html, /Grüße &amp; &quot;1 &lt; 2&quot; ✓/);
    assert.match(await text("/"), /Grüße &amp; &quot;1 &lt; 2&quot; ✓/);
  });

  test("a form with a mistake comes back with what was written and is not stored", async () => {
    const refused = await sign({ name: " ", message: "Nobody & nothing" });
    assert.equal(refused.status, 422);
    const html = await refused.text();
    assert.match(html, /role="alert">Please tell us your name\./);
    assert.match(html, /<textarea[^>]*>\nNobody &amp; nothing<\/textarea>/);
    assert.doesNotMatch(await text("/"), /Nobody &amp; nothing/);
  });

  test("a form that is too large is refused", async () => {
    assert.equal((await sign({ name: "Ada", message: "x".repeat(70_000) })).status, 413);
  });

  test("the list goes on with older entries on a page of their own", async () => {
    for (let i = 1; i <= 21; i += 1) await sign({ name: "Visitor", message: `Visit ${i}.` });
    const newest = await text("/");
    assert.match(newest, /Visit 21\./);
    assert.doesNotMatch(newest, /Visit 1\./);
    const older = newest.match(/href="([^"]+)">Older entries/)?.[1] ?? "";
    assert.match(await text(older), /Visit 1\./);
  });

  test("the TypeScript application beside it counts the requests by path", async () => {
    await text("/style.css");
    const response = await fetch(`${url}/api/stats`);
    assert.equal(response.headers.get("content-type"), "application/json");
    const stats: unknown = await response.json();
    assert.ok(isStats(stats));
    assert.equal(stats.requestsByPath["/style.css"], 1);
    assert.equal(stats.requestsByPath["/api/stats"], 1);
  });

  test("the middleware marks the responses of both applications", async () => {
    for (const path of ["/", "/entries/999999", "/api/stats", "/api/nothing"]) {
      const { headers } = await fetch(`${url}${path}`);
      assert.match(headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/, path);
      assert.match(headers.get("server-timing") ?? "", /^app;dur=[\d.]+$/, path);
    }
  });

  test("unknown paths and methods are answered as such", async () => {
    assert.equal((await fetch(`${url}/nothing`)).status, 404);
    const wrong = await fetch(`${url}/entries/1`, { method: "DELETE" });
    assert.equal(wrong.status, 405);
    assert.equal(wrong.headers.get("allow"), "GET, HEAD");
  });

  function sign(fields: Record<string, string>): Promise<Response> {
    const body = new URLSearchParams(fields);
    return fetch(`${url}/`, { method: "POST", body, redirect: "manual" });
  }

  async function text(path: string): Promise<string> {
    const response = await fetch(`${url}${path}`);
    assert.equal(response.status, 200, path);
    return response.text();
  }
});

function isStats(value: unknown): value is { requestsByPath: Record<string, number> } {
  return typeof value === "object" && value !== null && "requestsByPath" in value;
}
