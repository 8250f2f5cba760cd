/** Pages that load themselves again: what is put into them, and what they are told. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Answer } from "../../src/client/client-connection.ts";
import { FolderWatcher } from "../../src/development/folder-watcher.ts";
import { LiveReload } from "../../src/development/live-reload.ts";
import { LIVE_SCRIPT } from "../../src/development/live-script.ts";
import { CONTENT_SECURITY_POLICY } from "../../src/static/listing-look.ts";
import { Folder, field, ServedFolder } from "../static/served.ts";

/** What stands for the script's element, whose version is of this run. */
const SCRIPT = "{script}";
const ELEMENT =
  /<script src="\/_portico\/live\.js" data-version="([0-9a-f]{12}-\d+\.\d+)"><\/script>\n/;
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
      assert.equal(answer.body.toString().replace(ELEMENT, SCRIPT), expected);
      const length = String(answer.body.length);
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

  test("of the server's own is opened for this script, and no other", async () => {
    await using site = await open(new LiveReload(CONTENT_SECURITY_POLICY));
    const answer = await site.get("/sub/", NAVIGATION);
    const [, nonce = "none"] =
      /<script src="[^"]+" data-version="[^"]+" nonce="([\w+/=]{24})">/.exec(
        answer.body.toString(),
      ) ?? [];
    assert.equal(
      field(answer, "Content-Security-Policy"),
      `${CONTENT_SECURITY_POLICY}; script-src 'nonce-${nonce}'; connect-src 'self'`,
    );
    assert.equal(field(answer, "Content-Length"), String(answer.body.length));
    const again = (await site.get("/sub/", NAVIGATION)).body.toString();
    assert.ok(!again.includes(nonce), "a nonce is used once");
  });

  test("tells the version that it was made from, before what changed meanwhile", async () => {
    const live = new LiveReload();
    await using site = await ServedFolder.open(FILES, {}, (application) =>
      live.middleware((environ, startResponse) => {
        live.changed(["index.html"]);
        return application(environ, startResponse);
      }),
    );
    assert.match(versionOf(await site.get("/")), /-0\.0$/);
    assert.match(versionOf(await site.get("/")), /-1\.0$/);
  });
});

function versionOf({ body }: Answer): string {
  return ELEMENT.exec(body.toString())?.[1] ?? "none";
}

describe("the stream of events", () => {
  test("tells versions: of pages, behind the dot of style sheets, and ends with the server", async () => {
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
    await until(/^data: [0-9a-f]{12}-0\.0\n\n$/);
    live.changed(["a.css", "b/c.CSS"]);
    await until(/^data: \w+-0\.1\n\n$/);
    live.changed(["a.css", "index.html"]);
    await until(/^data: \w+-1\.1\n\n$/);
    live.close();
    for (;;) if ((await reader.read()).done) break;
  });

  test("of a server that was started again tells another version", async () => {
    const pages = [new LiveReload(), new LiveReload()].map(async (live) => {
      await using site = await open(live);
      return versionOf(await site.get("/"));
    });
    const [one, other] = await Promise.all(pages);
    assert.notEqual(one, other);
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
    assert.equal(answer.body.toString(), LIVE_SCRIPT);
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
