/** Pages for developers as a browser shows them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { errorPage } from "../../src/development/error-page.ts";
import { debugErrors } from "../../src/middleware/debug-errors.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { Browser, lacksBrowser } from "../support/browser.ts";
import { serveApplication } from "../support/serve-application.ts";

const LONG = "longer/than/a/phone/is/wide/".repeat(20);
const HOSTILE = `<img src=x onerror="document.title='run'">${LONG}`;

const failing: Application = () => {
  throw new Error(HOSTILE);
};

const PAGES: Readonly<Record<string, Application>> = {
  "an error": debugErrors({ development: true })(failing),
  "an application that cannot be loaded": errorPage(HOSTILE),
};

for (const [what, application] of Object.entries(PAGES)) {
  test(`the page about ${what} is as wide as a phone and runs nothing that it quotes`, {
    skip: lacksBrowser,
  }, async () => {
    await using served = await serveApplication(application);
    await using browser = await Browser.open();
    const target = `/${encodeURIComponent(HOSTILE)}?${"q".repeat(200)}=${encodeURIComponent(HOSTILE)}`;
    const tab = await browser.tab(`${served.server.url}${target}`, 320);
    assert.equal(await tab.overflow(), 0);
    assert.equal(await tab.value("document.images.length"), 0);
    assert.notEqual(await tab.value("document.title"), "run");
    assert.match(String(await tab.value("document.body.textContent")), /<img src=x onerror=/);
  });
}
