/** Files that nobody has compressed: compressed once by the server, which sends them as they are until then. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import { brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import type { Answer } from "../../src/client/client-connection.ts";
import type { FieldList } from "../../src/client/field-list.ts";
import { Directory } from "../../src/static/directory.ts";
import { directoryOptions, Folder, field, ServedFolder } from "./served.ts";

const SCRIPT = "export const answer = 42; // and so on\n".repeat(200);

/** Larger than what is kept in memory as it is. */
const BUNDLE = "const module = (exports) => exports;\n".repeat(20_000);

const GZIP: FieldList = [["Accept-Encoding", "gzip"]];

/** Asks until the file is there in that coding. */
async function compressed(site: ServedFolder, target: string, coding: string): Promise<Answer> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const answer = await site.get(target, [["Accept-Encoding", coding]]);
    if (field(answer, "Content-Encoding") === coding) return answer;
    assert.equal(field(answer, "Content-Encoding"), undefined);
    assert.ok(performance.now() < deadline, `${target} is not there in ${coding}`);
  }
}

describe("a file without compressed ones beside it", () => {
  test("is sent as it is at first, and then in what each client accepts", async () => {
    await using site = await ServedFolder.open({ "a.js": SCRIPT });
    const first = await site.get("/a.js", GZIP);
    assert.equal(first.body.toString(), SCRIPT);
    assert.equal(field(first, "Vary"), "Accept-Encoding");
    for (const [coding, decode] of [
      ["gzip", gunzipSync],
      ["br", brotliDecompressSync],
    ] as const) {
      const answer = await compressed(site, "/a.js", coding);
      assert.equal(decode(answer.body).toString(), SCRIPT);
      assert.equal(field(answer, "Content-Type"), "text/javascript; charset=utf-8");
      assert.equal(field(answer, "Content-Length"), String(answer.body.length));
      assert.equal(field(answer, "Vary"), "Accept-Encoding");
    }
    assert.equal((await site.get("/a.js")).body.toString(), SCRIPT);
    assert.deepEqual(site.findings, []);
  });

  test("has a weak tag of its own, and no ranges", async () => {
    await using site = await ServedFolder.open({ "a.js": SCRIPT });
    const answer = await compressed(site, "/a.js", "gzip");
    const etag = field(answer, "ETag") ?? "";
    assert.match(etag, /^W\/".*-gzip"$/);
    assert.equal(field(answer, "Accept-Ranges"), undefined);
    const again = await site.get("/a.js", [...GZIP, ["If-None-Match", etag]]);
    assert.equal(again.status, 304);
    const part = await site.get("/a.js", [...GZIP, ["Range", "bytes=0-5"]]);
    assert.equal(part.status, 206);
    assert.equal(field(part, "Content-Encoding"), undefined);
    assert.equal(part.body.toString(), SCRIPT.slice(0, 6));
    const continued: FieldList = [...GZIP, ["Range", "bytes=9-"], ["If-Range", etag]];
    assert.equal((await site.get("/a.js", continued)).status, 200);
  });

  test("is compressed though it is too large to be kept as it is", async () => {
    await using site = await ServedFolder.open({ "bundle.js": BUNDLE });
    const answer = await compressed(site, "/bundle.js", "gzip");
    assert.equal(gunzipSync(answer.body).toString(), BUNDLE);
  });

  test("is compressed anew when it has changed", async () => {
    await using site = await ServedFolder.open({ "a.js": SCRIPT }, { cache: { freshness: 0 } });
    await compressed(site, "/a.js", "gzip");
    site.folder.write("a.js", `${SCRIPT}// changed`, "Mon, 02 Nov 2026 00:00:00 GMT");
    assert.match((await site.get("/a.js", GZIP)).body.toString(), /changed$/);
    const answer = await compressed(site, "/a.js", "gzip");
    assert.match(gunzipSync(answer.body).toString(), /changed$/);
  });

  for (const [what, files, options] of [
    ["that is short", { "a.js": "short" }, {}],
    ["of a type that is compressed in itself", { "a.png": SCRIPT }, {}],
    ["where nobody wishes that", { "a.js": SCRIPT }, { compress: false }],
    ["that has no room in memory", { "a.js": SCRIPT }, { cache: { memory: 1000 } }],
  ] as const) {
    test(`${what} stays as it is`, async () => {
      await using site = await ServedFolder.open(files, options);
      for (let times = 0; times < 20; times += 1) {
        const [name = ""] = Object.keys(files);
        const answer = await site.get(`/${name}`, GZIP);
        assert.equal(field(answer, "Content-Encoding"), undefined);
        assert.equal(field(answer, "Vary"), undefined);
      }
    });
  }

  test("with one beside it is that one's, and nothing is made", async () => {
    const files = { "a.js": SCRIPT, "a.js.gz": gzipSync("made by the build") };
    await using site = await ServedFolder.open(files);
    assert.equal(
      gunzipSync((await compressed(site, "/a.js", "gzip")).body).toString(),
      "made by the build",
    );
    const answer = await site.get("/a.js", [["Accept-Encoding", "br"]]);
    assert.equal(field(answer, "Content-Encoding"), undefined);
  });
});

test("what does not become smaller is not tried again, nor is what is written just now", async () => {
  using folder = new Folder({ "dense.txt": randomBytes(10_000) });
  const directory = new Directory(folder.path, directoryOptions({ compresses: true }));
  const written = Date.parse("Sun, 01 Nov 2026 00:00:00 GMT");
  const liveAt = (now: number) => {
    const found = directory.find("/dense.txt", now);
    assert.ok(typeof found === "object" && found.live !== undefined);
    return found.live;
  };
  const settled = liveAt(written + 10_000);
  while (settled.codings.includes("gzip")) {
    assert.equal(settled.get("gzip"), undefined);
    await new Promise((resolve) => setImmediate(resolve));
  }
  directory.forget("/dense.txt");
  const fresh = liveAt(written + 100);
  assert.equal(fresh.get("gzip"), undefined);
  for (let turns = 0; turns < 100; turns += 1) await new Promise((done) => setImmediate(done));
  assert.ok(fresh.codings.includes("gzip"), "nobody has tried");
});
