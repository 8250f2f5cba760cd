/** Files that change while they are known, and while they are sent. */
import assert from "node:assert/strict";
import {
  appendFileSync,
  chmodSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { Directory } from "../../src/static/directory.ts";
import { readSmall, realPathWithin } from "../../src/static/files.ts";
import { staticFiles } from "../../src/static/static-files.ts";
import { serveApplication } from "../support/serve-application.ts";
import { directoryOptions, Folder, field, ServedFolder, seen } from "./served.ts";

/** Looks at a file before each answer. */
const ALWAYS = { cache: { freshness: 0 } };

const LARGE = Buffer.alloc(20 * 1024 ** 2, "0123456789abcdef");

describe("a file that is known", () => {
  test("is served as it is now, once it has been looked at again", async () => {
    await using site = await ServedFolder.open({ "a.txt": "one" }, ALWAYS);
    assert.equal(seen(await site.get("/a.txt")), "200 one");
    site.folder.write("a.txt", "two", "Mon, 02 Nov 2026 00:00:00 GMT");
    const answer = await site.get("/a.txt");
    assert.equal(seen(answer), "200 two");
    assert.equal(field(answer, "Last-Modified"), "Mon, 02 Nov 2026 00:00:00 GMT");
  });

  test("is found changed though size and time are the same", async () => {
    await using site = await ServedFolder.open({ "a.txt": "one" }, ALWAYS);
    assert.equal(seen(await site.get("/a.txt")), "200 one");
    site.folder.write("a.txt", "two");
    assert.equal(seen(await site.get("/a.txt")), "200 two");
  });

  test("is gone when it is gone, and there when it is back", async () => {
    await using site = await ServedFolder.open({ "a.txt": "one" }, ALWAYS);
    assert.equal(seen(await site.get("/a.txt")), "200 one");
    rmSync(join(site.folder.path, "a.txt"));
    assert.equal((await site.get("/a.txt")).status, 404);
    site.folder.write("a.txt", "two");
    assert.equal(seen(await site.get("/a.txt")), "200 two");
  });

  test("gives way to one that comes before it", async () => {
    const options = { ...ALWAYS, index: ["index.html", "index.htm"], extensions: ["html", "txt"] };
    await using site = await ServedFolder.open({ "index.htm": "htm", "a.txt": "txt" }, options);
    assert.equal(seen(await site.get("/")), "200 htm");
    site.folder.write("index.html", "html");
    assert.equal(seen(await site.get("/")), "200 html");
    assert.equal(seen(await site.get("/a")), "200 txt");
    site.folder.write("a.html", "html");
    assert.equal(seen(await site.get("/a")), "200 html");
    site.folder.write("a", "bare");
    assert.equal(seen(await site.get("/a")), "200 bare");
  });

  test("is not followed out of the directory when it becomes a link", async () => {
    await using site = await ServedFolder.open({ "a.txt": "one", "../b.txt": "outside" }, ALWAYS);
    assert.equal(seen(await site.get("/a.txt")), "200 one");
    const path = join(site.folder.path, "a.txt");
    rmSync(path);
    symlinkSync("../b.txt", path);
    assert.equal((await site.get("/a.txt")).status, 404);
  });

  test("is not followed out when a directory becomes a link just before it is opened", {
    skip: process.platform !== "linux",
  }, () => {
    using folder = new Folder({ "sub/a.txt": "one", "../outside/a.txt": "outside" });
    const path = join(folder.path, "sub", "a.txt");
    assert.equal(realPathWithin(folder.path, path), path);
    rmSync(join(folder.path, "sub"), { recursive: true });
    symlinkSync("../outside", join(folder.path, "sub"));
    assert.equal(readSmall(folder.path, path, 100), "nothing");
  });

  test("has weak validators while it may still change unseen, and strong ones afterwards", () => {
    using folder = new Folder();
    const written = new Date("Sun, 01 Nov 2026 00:00:00 GMT");
    folder.write("a.txt", "one", written);
    const directory = directoryOf(folder.path, { freshness: 1000 });
    const etagAt = (now: number): string => {
      const found = directory.find("/a.txt", now);
      return typeof found === "object" ? found.plain.etag : found;
    };
    const weak = etagAt(written.getTime() + 500);
    assert.match(weak, /^W\//);
    assert.equal(etagAt(written.getTime() + 1499), weak);
    assert.equal(etagAt(written.getTime() + 2600), weak.slice(2));
  });

  test("is not looked at again while it is fresh", () => {
    using folder = new Folder({ "a.txt": "one" });
    const directory = directoryOf(folder.path, { freshness: 1000 });
    const now = Date.parse("Sat, 21 Nov 2026 00:00:00 GMT");
    const contentAt = (time: number): string | undefined => {
      const found = directory.find("/a.txt", time);
      return typeof found === "object" ? found.plain.content?.toString() : found;
    };
    assert.equal(contentAt(now), "one");
    folder.write("a.txt", "two");
    assert.equal(contentAt(now + 999), "one");
    assert.equal(contentAt(now + 1000), "two");
  });
});

describe("compressed files beside a file", () => {
  const ACCEPTED = [["Accept-Encoding", "gzip, deflate, br"]] as const;

  test("are sent in its place, as another representation of the same", async () => {
    await using site = await ServedFolder.open({
      "a.js": "the script",
      "a.js.gz": gzipSync("the script"),
    });
    const [plain, coded] = [await site.get("/a.js"), await site.get("/a.js", ACCEPTED)];
    assert.deepEqual(coded.body, gzipSync("the script"));
    assert.equal(field(coded, "Content-Encoding"), "gzip");
    assert.equal(field(coded, "Content-Type"), "text/javascript; charset=utf-8");
    assert.equal(field(coded, "Content-Length"), String(coded.body.length));
    assert.equal(field(plain, "Content-Encoding"), undefined);
    for (const answer of [plain, coded]) assert.equal(field(answer, "Vary"), "Accept-Encoding");
    assert.notEqual(field(plain, "ETag"), field(coded, "ETag"));
    const etag = field(coded, "ETag") ?? "";
    const unchanged = await site.get("/a.js", [...ACCEPTED, ["If-None-Match", etag]]);
    assert.equal(unchanged.status, 304);
    assert.equal(field(unchanged, "Vary"), "Accept-Encoding");
    assert.equal((await site.get("/a.js", [["If-None-Match", etag]])).status, 200);
  });

  test("are not continued with what begins as another, though both have one date", async () => {
    await using site = await ServedFolder.open({
      "a.js": "the script",
      "a.js.gz": gzipSync("the script"),
    });
    const date = field(await site.get("/a.js"), "Last-Modified") ?? "";
    const rest = [["Range", "bytes=5-"], ["If-Range", date], ...ACCEPTED] as const;
    assert.equal((await site.get("/a.js", rest)).status, 200);
  });

  test("come and go without a restart", async () => {
    await using site = await ServedFolder.open({ "a.js": "the script" }, ALWAYS);
    assert.equal(seen(await site.get("/a.js", ACCEPTED)), "200 the script");
    const path = site.folder.write("a.js.br", "br, let us say");
    assert.equal(seen(await site.get("/a.js", ACCEPTED)), "200 br, let us say");
    rmSync(path);
    assert.equal(seen(await site.get("/a.js", ACCEPTED)), "200 the script");
  });

  test("are not sent when they are older than the file", async () => {
    await using site = await ServedFolder.open({ "a.js": "new" });
    site.folder.write("a.js.gz", gzipSync("old"), "Sat, 31 Oct 2026 00:00:00 GMT");
    const answer = await site.get("/a.js", ACCEPTED);
    assert.equal(seen(answer), "200 new");
    assert.equal(field(answer, "Vary"), undefined);
  });

  test("are not looked for where nobody wants that", async () => {
    await using site = await ServedFolder.open(
      { "a.js": "plain", "a.js.gz": "coded" },
      { precompressed: false },
    );
    assert.equal(seen(await site.get("/a.js", ACCEPTED)), "200 plain");
    assert.equal(field(await site.get("/a.js.gz"), "Content-Type"), "application/gzip");
  });
});

describe("a file that is being sent", () => {
  for (const [what, change, isWhole] of [
    ["is cut where it is written to", (path: string) => writeFileSync(path, LARGE), false],
    ["is cut where it is made shorter", (path: string) => truncateSync(path, 1000), false],
    [
      "is cut where it grows, since it may be another",
      (path: string) => appendFileSync(path, "x"),
      false,
    ],
    ["comes whole where it is removed", (path: string) => rmSync(path), true],
    [
      "comes whole where another takes its place",
      (path: string) => {
        writeFileSync(`${path}.new`, "another");
        renameSync(`${path}.new`, path);
      },
      true,
    ],
  ] as const) {
    test(what, async () => {
      await using site = await ServedFolder.open({ "large.bin": LARGE });
      using connection = await site.served.connect();
      connection.request("GET", "/large.bin");
      const head = await connection.head();
      // The rest waits for this client, which has read nothing but the head.
      change(join(site.folder.path, "large.bin"));
      const answer = await connection.behind(head);
      assert.equal(answer.isWhole, isWhole);
      assert.ok(LARGE.subarray(0, answer.body.length).equals(answer.body), "nothing is mixed in");
      if (!isWhole) assert.match(site.served.log.text, /large\.bin was changed while it was sent/);
    });
  }

  test("is closed when its client leaves in the middle", {
    skip: process.platform !== "linux",
  }, async () => {
    await using site = await ServedFolder.open({ "large.bin": LARGE });
    const isOpen = () => openFiles().includes(join(site.folder.path, "large.bin"));
    {
      using connection = await site.served.connect();
      connection.request("GET", "/large.bin");
      await connection.head();
      assert.ok(isOpen());
    }
    while (isOpen()) await new Promise((resolve) => setImmediate(resolve));
  });

  test("does not reach several clients mixed up, though blocks of memory are used again", async () => {
    const files = Object.fromEntries(
      ["a", "b", "c"].map((name) => [`${name}.bin`, Buffer.alloc(3_000_000, name)]),
    );
    await using site = await ServedFolder.open(files);
    const answers = await Promise.all(
      ["a", "b", "c", "a", "b", "c"].map(async (name) => {
        const { body } = await site.get(`/${name}.bin`);
        return body.equals(Buffer.alloc(3_000_000, name));
      }),
    );
    assert.deepEqual(answers, [true, true, true, true, true, true]);
  });
});

test("a link that is the directory itself is followed once", async () => {
  using folder = new Folder({ "one/a.txt": "one", "two/a.txt": "two" });
  const current = join(folder.path, "current");
  symlinkSync("one", current);
  await using served = await serveApplication(staticFiles(current, ALWAYS));
  assert.equal(seen(await served.ask("GET", "/a.txt")), "200 one");
  rmSync(current);
  symlinkSync("two", current);
  assert.equal(seen(await served.ask("GET", "/a.txt")), "200 one");
});

test("a file that this process may not read is forbidden", {
  skip: process.getuid?.() === 0,
}, async () => {
  await using site = await ServedFolder.open({ "a.txt": "one" }, ALWAYS);
  chmodSync(join(site.folder.path, "a.txt"), 0);
  assert.equal((await site.get("/a.txt")).status, 403);
});

function openFiles(): string[] {
  return readdirSync("/proc/self/fd").flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/self/fd/${descriptor}`)];
    } catch {
      // The directory's own descriptor, which is closed by now.
      return [];
    }
  });
}

function directoryOf(path: string, cache: { readonly freshness: number }): Directory {
  return new Directory(path, directoryOptions({}, cache));
}
