/** Pages that load themselves again: what is put into them, and what they are told. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { FolderWatcher } from "../../src/development/folder-watcher.ts";
import { LiveReload } from "../../src/development/live-reload.ts";
import { Folder, field, ServedFolder } from "../static/served.ts";

const SCRIPT = '<script src="/_portico/live.js"></script>\n';
const PAGE = "<!doctype html><html><body><p>\u00fcber</p></BODY></html>";

const FILES = {
  "index.html": PAGE,
  "fragment.html": "<p>no end",
  "large.html": Buffer.from(`<body>${"x".repeat(400_000)}</body>`),
  "style.css": "p { color: red }",
  "sub/a.txt": "a",
};

const NAVIGATION = [["Accept", "text/html,*/*;q=0.8"]] as const;

function open(live: LiveReload): Promise<ServedFolder> {
  return ServedFolder.open(FILES, { listing: true, fallback: "index.html" }, live.middleware);
}

describe("a page", () => {
  for (const [target, expected] of [
    ["/", PAGE.replace("</BODY>", `${SCRIPT}</BODY>`)],
    ["/fragment.html", `<p>no end${SCRIPT}`],
    ["/large.html", `${FILES["large.html"]}${SCRIPT}`],
    ["/some/route", PAGE.replace("</BODY>", `${SCRIPT}</BODY>`)],
  ] as const) {
    test(`at ${target} comes with the script, and the length of both`, async () => {
      await using site = await open(new LiveReload());
      const answer = await site.get(target);
      assert.equal(answer.body.toString(), expected);
      const length = String(Buffer.byteLength(expected));
      assert.equal(field(answer, "Content-Length"), length);
      assert.equal(field(await site.ask("HEAD", target), "Content-Length"), length);
      assert.deepEqual(site.findings, []);
    });
  }

  test("is no version that a browser could have kept", async () => {
    await using site = await open(new LiveReload());
    const answer = await site.get("/", [...NAVIGATION, ["If-None-Match", "*"]]);
    assert.equal(answer.status, 200);
    assert.deepEqual(
      [field(answer, "ETag"), field(answer, "Last-Modified")],
      [undefined, undefined],
    );
    assert.equal(field(answer, "Cache-Control"), "no-store");
  });

  test("that allows no scripts gets none, nor does what is no page", async () => {
    await using site = await open(new LiveReload());
    assert.doesNotMatch((await site.get("/sub/", NAVIGATION)).body.toString(), /<script/);
    assert.equal((await site.get("/style.css")).body.toString(), FILES["style.css"]);
    assert.ok(field(await site.get("/style.css"), "ETag"));
  });
});

describe("the stream of events", () => {
  test("tells of changes, of style sheets alone by their own word, and ends with the server", async () => {
    const live = new LiveReload();
    await using site = await open(live);
    const response = await fetch(`${site.served.server.url}/_portico/live`);
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    const reader = (response.body ?? assert.fail("no body")).getReader();
    let text = "";
    const until = async (pattern: RegExp): Promise<void> => {
      while (!pattern.test(text)) {
        const { done, value } = await reader.read();
        assert.ok(!done, `it ended after ${text}`);
        text += Buffer.from(value).toString();
      }
      text = "";
    };
    await until(/retry: 500\n\n/);
    live.changed(["a.css", "b/c.CSS"]);
    await until(/event: style\ndata:\n\n/);
    live.changed(["a.css", "index.html"]);
    await until(/event: reload\ndata:\n\n/);
    live.close();
    for (;;) if ((await reader.read()).done) break;
  });

  for (const [fields, status] of [
    [[["Sec-Fetch-Site", "same-origin"]], 200],
    [[["Sec-Fetch-Site", "cross-site"]], 403],
    [[["Sec-Fetch-Site", "same-site"]], 403],
    [[["Origin", "http://evil.example"]], 403],
    [[["Origin", "http://test"]], 200],
  ] as const) {
    test(`answers ${fields.join(" ")} with ${status}`, async () => {
      await using site = await open(new LiveReload());
      using client = await site.served.connect();
      client.request("GET", "/_portico/live", { fields: [...fields] });
      assert.equal((await client.head()).status, status);
    });
  }

  test("has a script that listens to it", async () => {
    await using site = await open(new LiveReload());
    const answer = await site.get("/_portico/live.js");
    assert.equal(field(answer, "Content-Type"), "text/javascript; charset=utf-8");
    assert.doesNotThrow(() => new Function(answer.body.toString()));
  });
});

test("a change of a file is told of by its path, and those of tools are not", async () => {
  using folder = new Folder({ "sub/page.html": "", "node_modules/a.js": "", ".git/x": "" });
  let tell: (paths: readonly string[]) => void = () => {};
  const told = new Promise<readonly string[]>((resolve) => {
    tell = resolve;
  });
  const watcher = new FolderWatcher(folder.path, (paths) => tell(paths), fail);
  await watcher.ready;
  for (const name of ["node_modules/a.js", ".git/x", "sub/page.html"]) {
    writeFileSync(join(folder.path, name), "changed");
  }
  assert.deepEqual(await told, [join("sub", "page.html")]);
  await watcher.close();
});

function fail(error: unknown): void {
  assert.ifError(error);
}
