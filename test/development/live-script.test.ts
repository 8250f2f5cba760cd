/** The script of `--live` in a browser of a few lines: when it listens, and what it does with what it hears. */
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { runInNewContext } from "node:vm";
import { LIVE_SCRIPT } from "../../src/development/live-script.ts";

interface Stream {
  readonly url: string;
  readonly isOpen: boolean;
  /** The server says its version. */
  tell(version: string): void;
  /** The connection ends, or there is no server. */
  fail(): void;
}

interface Link {
  href: string;
}

/** A page of version `a-0.0`, or the one told, in a tab that is seen. */
class Browser {
  readonly document = {
    hidden: false,
    currentScript: { src: "http://test/_portico/live.js", dataset: { version: "a-0.0" } },
    addEventListener: (name: string, act: () => void): void => this.#listen(name, act),
    querySelectorAll: (): readonly Link[] => this.links,
  };
  readonly links: Link[] = [];
  readonly streams: Stream[] = [];
  /** What waits, in milliseconds. */
  readonly waits: { readonly delay: number; readonly act: () => void }[] = [];
  readonly stored = new Map<string, string>();
  reloads = 0;
  readonly #acts = new Map<string, (() => void)[]>();

  /** The page is loaded: its script begins. */
  load(version = "a-0.0"): void {
    this.#acts.clear();
    this.document.currentScript.dataset.version = version;
    const browser = this;
    runInNewContext(LIVE_SCRIPT, {
      ...{ URL, Date, document: this.document },
      location: {
        ...{ href: "http://test/page", origin: "http://test" },
        reload: () => {
          browser.reloads += 1;
        },
      },
      sessionStorage: {
        getItem: (key: string) => this.stored.get(key) ?? null,
        setItem: (key: string, value: string) => this.stored.set(key, value),
      },
      addEventListener: (name: string, act: () => void) => this.#listen(name, act),
      setTimeout: (act: () => void, delay: number) => this.waits.push({ delay, act }),
      clearTimeout: (at: number | undefined) => {
        if (at !== undefined) delete this.waits[at - 1];
      },
      EventSource: class {
        onmessage: ((event: { readonly data: string }) => void) | undefined;
        onerror: (() => void) | undefined;
        readonly stream: { -readonly [Key in keyof Stream]: Stream[Key] };

        constructor(url: URL) {
          this.stream = {
            ...{ url: String(url), isOpen: true },
            tell: (data) => this.onmessage?.({ data }),
            fail: () => this.onerror?.(),
          };
          browser.streams.push(this.stream);
        }

        close(): void {
          this.stream.isOpen = false;
        }
      },
    });
  }

  happen(name: string): void {
    for (const act of this.#acts.get(name) ?? []) act();
  }

  show(isSeen: boolean): void {
    this.document.hidden = !isSeen;
    this.happen("visibilitychange");
  }

  get open(): readonly Stream[] {
    return this.streams.filter(({ isOpen }) => isOpen);
  }

  get stream(): Stream {
    return this.open[0] ?? assert.fail("it does not listen");
  }

  /** The next wait is over: how long it was. */
  pass(): number {
    const at = this.waits.findIndex((wait) => wait !== undefined);
    const wait = this.waits[at] ?? assert.fail("it waits for nothing");
    delete this.waits[at];
    wait.act();
    return wait.delay;
  }

  #listen(name: string, act: () => void): void {
    this.#acts.set(name, [...(this.#acts.get(name) ?? []), act]);
  }
}

describe("the script of a page", () => {
  let browser: Browser;

  beforeEach(() => {
    browser = new Browser();
    browser.load();
  });

  test("loads it again when the server tells another version, and not for its own", () => {
    assert.equal(browser.stream.url, "http://test/_portico/live");
    browser.stream.tell("a-0.0");
    assert.equal(browser.reloads, 0);
    browser.stream.tell("a-1.0");
    assert.equal(browser.reloads, 1);
  });

  test("sees what changed between the page and the stream", () => {
    browser.stream.tell("a-1.0");
    assert.equal(browser.reloads, 1);
    browser.load("a-1.0");
    browser.stream.tell("a-2.0");
    assert.equal(browser.reloads, 2);
  });

  test("does not load it for ever where something keeps an old one, and sees later changes", () => {
    browser.stream.tell("a-1.0");
    browser.load();
    browser.stream.tell("a-1.0");
    assert.equal(browser.reloads, 1);
    browser.stream.tell("a-2.0");
    assert.equal(browser.reloads, 2);
  });

  test("does not load it for ever where an old one has no style sheet, either", () => {
    browser.stream.tell("a-0.1");
    browser.load();
    browser.stream.tell("a-0.1");
    assert.equal(browser.reloads, 1);
  });

  test("loads style sheets alone where they alone have changed, those of its origin", () => {
    browser.links.push({ href: "http://test/a.css?x=1" }, { href: "http://other/b.css" });
    browser.stream.tell("a-0.1");
    assert.equal(browser.reloads, 0);
    const [own, other] = browser.links;
    assert.match(String(own?.href), /^http:\/\/test\/a\.css\?x=1&live=\d+$/);
    assert.equal(other?.href, "http://other/b.css");
  });

  test("loads the page where it has no style sheet that could be loaded alone", () => {
    browser.stream.tell("a-0.1");
    assert.equal(browser.reloads, 1);
  });

  test("listens while it is seen, to one stream, and compares when it is seen again", () => {
    browser.happen("pageshow");
    browser.happen("focus");
    assert.equal(browser.open.length, 1);
    browser.show(false);
    browser.happen("focus");
    assert.equal(browser.open.length, 0);
    browser.show(true);
    assert.equal(browser.open.length, 1);
    browser.stream.tell("a-1.0");
    assert.equal(browser.reloads, 1);
  });

  test("in a tab that nobody has seen yet does not listen", () => {
    const hidden = new Browser();
    hidden.document.hidden = true;
    hidden.load();
    assert.equal(hidden.streams.length, 0);
    hidden.show(true);
    assert.equal(hidden.open.length, 1);
  });

  test("leaves with the page, and listens again where the browser brings that back", () => {
    browser.happen("pagehide");
    assert.equal(browser.open.length, 0);
    browser.happen("pageshow");
    assert.equal(browser.open.length, 1);
  });

  test("asks more and more seldom where there is no server, and at once when it is looked at", () => {
    const waits: number[] = [];
    for (let attempt = 0; attempt < 9; attempt += 1) {
      browser.stream.fail();
      assert.equal(browser.open.length, 0);
      waits.push(browser.pass());
    }
    assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    browser.stream.fail();
    browser.happen("focus");
    assert.equal(browser.open.length, 1);
    browser.stream.tell("b-0.0");
    assert.equal(browser.reloads, 1);
    browser.stream.fail();
    assert.equal(browser.pass(), 500);
    assert.equal(browser.open.length, 1);
  });
});
