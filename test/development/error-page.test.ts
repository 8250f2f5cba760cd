import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { errorPage } from "../../src/development/error-page.ts";
import { serveApplication } from "../support/serve-application.ts";

const TEXT = 'File "app.py", line 4\n  if a < b & c:\nSyntaxError: <unknown>\n';

describe("the page about an application that cannot be loaded", () => {
  test("shows a browser the text, and none of it as markup", async () => {
    await using served = await serveApplication(errorPage(TEXT));
    const response = await fetch(served.server.url, { headers: { Accept: "text/html,*/*;q=0.8" } });
    assert.equal(response.status, 500);
    assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
    assert.equal(response.headers.get("cache-control"), "no-store");
    const page = await response.text();
    assert.match(page, /if a &lt; b &amp; c:/);
    assert.doesNotMatch(page, /<unknown>/);
  });

  test("is plain text for other clients", async () => {
    await using served = await serveApplication(errorPage(TEXT));
    const response = await fetch(served.server.url);
    assert.equal(response.status, 500);
    assert.match(response.headers.get("content-type") ?? "", /^text\/plain/);
    assert.ok((await response.text()).includes(TEXT));
  });
});
