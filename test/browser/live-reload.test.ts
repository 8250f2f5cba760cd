/** `--live` in a browser: pages that load themselves again. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { serveFolder } from "../cli/http-server/servers.ts";
import { Folder } from "../static/served.ts";
import { Browser, lacksBrowser, type Tab } from "../support/browser.ts";
import type { PorticoRun } from "../support/portico-run.ts";

function page(title: string): string {
  return `<!doctype html><html><head><title>${title}</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css"></head><body><p>text</p></body></html>`;
}

/** More than a browser opens connections to one server. */
const MANY_TABS = 9;

const TITLE = "document.title";

describe("with --live, in a browser", { skip: lacksBrowser }, () => {
  let folder: Folder;
  let run: PorticoRun;
  let url: string;
  let browser: Browser;

  before(async () => {
    folder = new Folder({ "index.html": page("first"), "style.css": "p { color: rgb(1, 2, 3) }" });
    const served = await serveFolder(["static", "0", "-d", folder.path, "--live"]);
    run = served.run;
    url = `http://127.0.0.1:${served.port}`;
    browser = await Browser.open();
  });

  after(async () => {
    await browser[Symbol.asyncDispose]();
    await run[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  let saved = 0;
  let title: string;

  beforeEach(() => {
    saved += 1;
    title = `saved ${saved}`;
  });

  /** Each save tells of a title of its own. */
  async function saves(tab: Tab, name: string): Promise<void> {
    await tab.loads(() => folder.write(name, page(title), new Date()));
  }

  test("a page is loaded again when it changes", async () => {
    const tab = await browser.tab(`${url}/`);
    await saves(tab, "index.html");
    assert.equal(await tab.value(TITLE), title);
    assert.deepEqual(tab.complaints, []);
  });

  test("a style sheet is loaded alone", async () => {
    const tab = await browser.tab(`${url}/`);
    await tab.value("window.isSame = true");
    folder.write("style.css", "p { color: rgb(4, 5, 6) }", new Date());
    const color = await tab.value(`new Promise((resolve) => {
      const look = () => {
        const { color } = getComputedStyle(document.querySelector("p"));
        if (color === "rgb(4, 5, 6)") resolve(color);
        else requestAnimationFrame(look);
      };
      look();
    })`);
    assert.deepEqual([color, await tab.value("window.isSame")], ["rgb(4, 5, 6)", true]);
  });

  test("a page that is not there yet comes when it is, and a listing shows what is new", async () => {
    const tab = await browser.tab(`${url}/later.html`);
    assert.equal(await tab.value(TITLE), "404 Not Found");
    await saves(tab, "later.html");
    assert.equal(await tab.value(TITLE), title);
    folder.write("sub/one.txt", "");
    await tab.goTo(`${url}/sub/`);
    tab.complaints.length = 0;
    await tab.loads(() => folder.write("sub/two.txt", "", new Date()));
    assert.match(String(await tab.value("document.body.textContent")), /two\.txt/);
    assert.deepEqual(tab.complaints, []);
  });

  test("more tabs than there are connections are loaded, and are shown what is new", async () => {
    const tabs: Tab[] = [];
    for (let at = 0; at < MANY_TABS; at += 1) tabs.push(await browser.tab(`${url}/`));
    const [first, last] = [tabs[0], tabs.at(-1)];
    assert.ok(first !== undefined && last !== undefined);
    const before = await first.value(TITLE);
    await saves(last, "index.html");
    assert.deepEqual([await first.value(TITLE), await last.value(TITLE)], [before, title]);
    await first.loads(() => first.show());
    assert.equal(await first.value(TITLE), title);
  });
});
