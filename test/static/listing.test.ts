/** What a directory without an index answers: to people, to programs, and whatever its files are called. */
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Answer } from "../../src/client/client-connection.ts";
import { mount } from "../../src/routing/mount.ts";
import { Listing } from "../../src/static/listing.ts";
import { listEntries } from "../../src/static/listing-entries.ts";
import { Folder, field, ServedFolder } from "./served.ts";

const HOSTILE = [
  `"><img src=x onerror=alert(1)>`,
  "a&b'c",
  "100% sure?#x",
  "javascript:alert(1)",
  "two\nlines",
  "caf\u00e9 \u202eexe.txt",
  "%2e%2e",
  " ",
];

const FILES: Readonly<Record<string, string>> = {
  "photos/file10.txt": "x".repeat(1500),
  "photos/file9.txt": "x".repeat(20),
  "photos/\u00c4pfel.txt": "x".repeat(2_400_000),
  "photos/Zoo.txt": "",
  "photos/2026/a.txt": "",
  "photos/albums/b.txt": "",
  "photos/.hidden": "",
  "indexed/index.html": "the index",
  ".well-known/security.txt": "",
  "../outside/secret.txt": "",
  ...Object.fromEntries(HOSTILE.map((name) => [`hostile/${name}`, `content of ${name}`])),
};

interface Listed {
  readonly path: string;
  readonly entries: readonly {
    readonly name: string;
    readonly href: string;
    readonly type: "file" | "directory";
    readonly size?: number;
    readonly modified: string;
  }[];
}

const JSON_WANTED = [["Accept", "application/json"]] as const;

describe("a listing", () => {
  let site: ServedFolder;

  before(async () => {
    site = await ServedFolder.open(FILES, { listing: true }, (listed) =>
      mount({ "/": listed, "/deep/down": listed }),
    );
    const { path } = site.folder;
    symlinkSync("file9.txt", join(path, "photos/inner-link.txt"));
    symlinkSync(join(path, "../outside"), join(path, "photos/outer-directory"));
    symlinkSync(join(path, "../outside/secret.txt"), join(path, "photos/outer-link.txt"));
    symlinkSync("nowhere", join(path, "photos/broken-link.txt"));
  });

  after(async () => {
    assert.deepEqual(site.findings, [], "lint finds nothing wrong with any answer");
    await site[Symbol.asyncDispose]();
  });

  const json = async (target: string): Promise<Listed> => {
    const answer = await site.get(target, JSON_WANTED);
    assert.equal(field(answer, "Content-Type"), "application/json");
    return JSON.parse(answer.body.toString());
  };
  const names = async (target: string): Promise<readonly string[]> =>
    (await json(target)).entries.map(({ name }) => name);

  test("names what could be asked for, directories first, as people sort", async () => {
    const sorted = ["2026", "albums", "\u00c4pfel.txt", "file9.txt", "file10.txt"];
    assert.deepEqual(await names("/photos/"), [...sorted, "inner-link.txt", "Zoo.txt"]);
  });

  for (const [query, first, last] of [
    ["?sort=size", "Zoo.txt", "\u00c4pfel.txt"],
    ["?sort=size&order=desc", "\u00c4pfel.txt", "Zoo.txt"],
    ["?order=desc", "Zoo.txt", "\u00c4pfel.txt"],
    ["?sort=nonsense&order=up", "\u00c4pfel.txt", "Zoo.txt"],
  ] as const) {
    test(`of ${query} begins with ${first} and ends with ${last}, behind the directories`, async () => {
      const files = (await json(`/photos/${query}`)).entries.filter(({ type }) => type === "file");
      assert.deepEqual([files.at(0)?.name, files.at(-1)?.name], [first, last]);
      assert.equal((await json(`/photos/${query}`)).entries[0]?.type, "directory");
    });
  }

  test("is sorted by date, the newest last or first", async () => {
    site.folder.write("dated/old.txt", "", new Date(Date.UTC(2001, 1, 1)));
    site.folder.write("dated/a-new.txt", "", new Date(Date.UTC(2020, 1, 1)));
    assert.deepEqual(await names("/dated/?sort=date"), ["old.txt", "a-new.txt"]);
    assert.deepEqual(await names("/dated/?sort=date&order=desc"), ["a-new.txt", "old.txt"]);
  });

  test("tells programs type, size and time, and where to find it", async () => {
    const { path, entries } = await json("/photos/");
    assert.equal(path, "/photos/");
    assert.deepEqual(entries[3], {
      name: "file9.txt",
      href: "./file9.txt",
      type: "file",
      size: 20,
      modified: "2026-11-01T00:00:00.000Z",
    });
    assert.deepEqual([entries[0]?.href, entries[0]?.size], ["./2026/", undefined]);
  });

  test("shows people sizes, dates, sums, the way up and links that sort", async () => {
    const page = (await site.get("/photos/?sort=size")).body.toString();
    assert.match(page, /<td title="2400000 bytes">2\.4 MB<\/td>/);
    assert.match(page, /<td title="1500 bytes">1\.5 KB<\/td>/);
    assert.match(page, /<time datetime="2026-11-01T00:00:00\.000Z">2026-11-01 00:00<\/time>/);
    assert.match(page, /<a href="\.\.\/\?sort=size">\.\.<\/a>/);
    assert.match(
      page,
      /<th scope="col" aria-sort="ascending"><a href="\?sort=size&amp;order=desc">Size<\/a>/,
    );
    assert.match(page, /<th scope="col"><a href="\.\/">Name<\/a>/);
    assert.match(page, /<a href="\.\/2026\/\?sort=size">/);
    assert.match(page, /2 directories, 5 files, 2\.4 MB/);
    assert.match(page, /<title>Index of \/photos\/<\/title>/);
    assert.match(page, /prefers-color-scheme:dark/);
  });

  test("leads to each directory above, and to none above its mount", async () => {
    const page = (await site.get("/photos/2026/")).body.toString();
    const [, crumbs] = /<h1>(.*)<\/h1>/.exec(page) ?? [];
    assert.equal(
      crumbs,
      '<a href="../../">/</a><a href="../"><bdi>photos</bdi>/</a><bdi>2026</bdi>/',
    );
    assert.doesNotMatch((await site.get("/")).body.toString(), /href="\.\.\//);
    const mounted = (await site.get("/deep/down/photos/")).body.toString();
    const [, below] = /<h1>(.*)<\/h1>/.exec(mounted) ?? [];
    assert.equal(below, '/<bdi>deep</bdi>/<a href="../"><bdi>down</bdi>/</a><bdi>photos</bdi>/');
  });

  test("runs no script and loads nothing", async () => {
    const answer = await site.get("/hostile/");
    const policy = field(answer, "Content-Security-Policy") ?? "";
    assert.match(
      policy,
      /^default-src 'none'; img-src data:; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'$/,
    );
    assert.equal(field(answer, "X-Content-Type-Options"), "nosniff");
    const page = answer.body.toString();
    assert.doesNotMatch(page, /<img|<script|href="javascript:/);
    assert.match(page, /<link rel="icon" href="data:image\/svg\+xml,[^"<>#\s]+">/);
    assert.match(page, /&quot;&gt;&lt;img src=x onerror=alert\(1\)&gt;/);
    assert.match(page, /two\u240alines/);
  });

  test("has a link to each file that works, whatever its name is", async () => {
    const base = new URL("http://test/hostile/");
    const page = (await site.get("/hostile/")).body.toString();
    for (const { name, href } of (await json("/hostile/")).entries) {
      const { pathname, origin } = new URL(href, base);
      assert.equal(origin, base.origin, name);
      const answer = await site.get(pathname);
      assert.equal(answer.body.toString(), `content of ${name}`);
      assert.ok(
        page.includes(`href="${href.replaceAll("&", "&amp;").replaceAll("'", "&#39;")}"`),
        name,
      );
    }
    assert.equal((await names("/hostile/")).length, HOSTILE.length);
  });

  for (const [accept, type] of [
    ["text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"],
    ["*/*", "text/html; charset=utf-8"],
    ["application/json", "application/json"],
    ["text/html;q=0.5, application/json", "application/json"],
    ["application/json;q=0.5, text/html", "text/html; charset=utf-8"],
    ["application/json;q=0, */*", "text/html; charset=utf-8"],
  ] as const) {
    test(`is ${type} for who accepts ${accept}`, async () => {
      const answer = await site.get("/photos/", [["Accept", accept]]);
      assert.equal(field(answer, "Content-Type"), type);
      assert.equal(field(answer, "Vary"), "Accept");
      assert.equal(field(answer, "Cache-Control"), "no-cache");
    });
  }

  for (const [target, status, location] of [
    ["/photos", 301, "/photos/"],
    ["/photos?sort=size", 301, "/photos/?sort=size"],
    ["/deep/down", 301, "/deep/down/"],
    ["/indexed/", 200, undefined],
    ["/photos/outer-directory/", 404, undefined],
    ["/photos/../photos/", 404, undefined],
    ["/photos//", 404, undefined],
    ["/.well-known/", 200, undefined],
    ["/none/", 404, undefined],
    ["/photos/file9.txt/", 404, undefined],
  ] as const) {
    test(`answers ${target} with ${status}`, async () => {
      const answer = await site.get(target);
      assert.equal(answer.status, status);
      assert.equal(field(answer, "Location"), location);
    });
  }

  test("tells HEAD what GET is told", async () => {
    const [got, headed] = [await site.get("/photos/"), await site.ask("HEAD", "/photos/")];
    assert.equal(field(headed, "Content-Length"), field(got, "Content-Length"));
    assert.equal(headed.body.length, 0);
    assert.equal((await site.ask("POST", "/photos/")).status, 405);
  });

  test("of a directory that may not be read is a 403", { skip: isRoot() }, async () => {
    const path = join(site.folder.path, "closed");
    mkdirSync(path);
    chmodSync(path, 0o000);
    assert.equal((await site.get("/closed/")).status, 403);
    chmodSync(path, 0o700);
  });
});

test("without the option, a directory without an index is not there", async () => {
  await using site = await ServedFolder.open(FILES);
  assert.equal((await site.get("/photos/")).status, 404);
  assert.equal((await site.get("/photos")).status, 404);
});

test("with dotfiles, they are listed too", async () => {
  await using site = await ServedFolder.open(FILES, { listing: true, dotfiles: true });
  assert.match((await site.get("/photos/")).body.toString(), /href="\.\/\.hidden"/);
});

test("a directory comes before the fallback, and the fallback before a 404", async () => {
  const files = { ...FILES, "app.html": "the application" };
  await using site = await ServedFolder.open(files, { listing: true, fallback: "app.html" });
  assert.match((await site.get("/photos/")).body.toString(), /<table>/);
  assert.equal((await site.get("/route")).body.toString(), "the application");
});

test("a directory of many files comes whole, in order, while others are served", async () => {
  await using site = await ServedFolder.open({ "a.txt": "quick" }, { listing: true });
  const path = join(site.folder.path, "many");
  mkdirSync(path);
  const count = 5_000;
  for (let at = 0; at < count; at += 1) writeFileSync(join(path, `${at}.txt`), "");
  let isOver = false;
  let answered = 0;
  const listing = site.get("/many/", JSON_WANTED).then((answer: Answer) => {
    isOver = true;
    return answer;
  });
  while (!isOver) {
    assert.equal((await site.get("/a.txt")).body.toString(), "quick");
    answered += 1;
  }
  const { entries } = JSON.parse((await listing).body.toString()) as Listed;
  assert.deepEqual(
    entries.map(({ name }) => name),
    Array.from({ length: count }, (_, at) => `${at}.txt`),
  );
  assert.ok(answered > 2, `${answered} other requests were answered meanwhile`);
});

test("a directory that goes, or becomes a link, while it is read is not there", async () => {
  using folder = new Folder({ "a/x": "", "b/x": "", "../outside/secret": "" });
  const { path } = folder;
  const seen = async (name: string, change: () => void): Promise<unknown> => {
    const directory = new Listing(path, false).find(`/${name}/`);
    assert.ok(typeof directory === "object");
    change();
    return listEntries(directory);
  };
  const leave = (name: string) => rmSync(join(path, name), { recursive: true });
  assert.equal(await seen("a", () => leave("a")), "nothing");
  const turnIntoLink = (): void => {
    leave("b");
    symlinkSync("../outside", join(path, "b"));
  };
  assert.equal(await seen("b", turnIntoLink), "nothing");
});

function isRoot(): string | false {
  return process.getuid?.() === 0 ? "root may read everything" : false;
}

test("a name that is no UTF-8 is shown as far as it is, and its link works", {
  skip: process.platform !== "linux" && "only Linux names files by bytes",
}, async () => {
  await using site = await ServedFolder.open({}, { listing: true });
  const directory = Buffer.from(join(site.folder.path, "caf"));
  const inBytes = (...more: (string | number)[]): Buffer =>
    Buffer.concat([
      directory,
      ...more.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from([part]))),
    ]);
  mkdirSync(inBytes(0xe9));
  writeFileSync(inBytes(0xe9, "/", 0xff, ".txt"), "found");
  assert.match(
    (await site.get("/")).body.toString(),
    /<a href="\.\/caf%E9\/"><bdi>caf\ufffd<\/bdi>\//,
  );
  const listed = await site.get("/caf%E9/");
  assert.match(listed.body.toString(), /<a href="\.\/%FF\.txt"><bdi>\ufffd\.txt<\/bdi>/);
  assert.equal((await site.get("/caf%E9/%FF.txt")).body.toString(), "found");
});
