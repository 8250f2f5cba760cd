/** A listing as a browser shows it. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ServedFolder } from "../static/served.ts";
import { Browser, lacksBrowser } from "../support/browser.ts";

const NAMES = [
  ...["a b.txt", "amp&amp;.txt", "100%.txt", "%41.txt", "hash#1.txt", "what?.txt", 'quote".txt'],
  ...["<script>alert(1)<.txt", "javascript:alert(1).txt", "\u65e5\u672c.txt", "\u05e2\u05d1.txt"],
  ...["rlo\u202etxt.exe.txt", "new\nline.txt", `${"n".repeat(200)}.txt`, ` ${"w ".repeat(90)}.txt`],
];

describe("a listing in a browser", { skip: lacksBrowser }, () => {
  let site: ServedFolder;
  let browser: Browser;

  before(async () => {
    const files = Object.fromEntries(NAMES.map((name) => [`in/${name}`, `content of ${name}`]));
    site = await ServedFolder.open(files, { listing: true });
    browser = await Browser.open();
  });

  after(async () => {
    await browser[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });

  for (const width of [320, 1000]) {
    test(`is as wide as a window of ${width}, and complains of nothing`, async () => {
      const tab = await browser.tab(`${site.served.server.url}/in/`, width);
      assert.equal(await tab.overflow(), 0);
      const dates =
        "[...document.querySelectorAll('time')].every((each) => each.checkVisibility())";
      assert.equal(await tab.value(dates), true);
      assert.deepEqual(tab.complaints, []);
    });
  }

  test("leads to each file, whatever its name is", async () => {
    const tab = await browser.tab(`${site.served.server.url}/in/`);
    const found = await tab.value(
      `[...document.querySelectorAll(".f a")].map((link) => link.href)`,
    );
    assert.ok(Array.isArray(found));
    assert.equal(found.length, NAMES.length);
    const shown = new Set<unknown>();
    for (const href of found) {
      await tab.goTo(String(href));
      shown.add(await tab.value("document.body.textContent"));
    }
    assert.deepEqual(shown, new Set(NAMES.map((name) => `content of ${name}`)));
  });
});
