/** Files that an application names: which are sent, with which fields, and to whom they are not told. */
import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { sendfile } from "../../src/middleware/sendfile.ts";
import { StaticFilesError } from "../../src/static/static-files.ts";
import { createClient } from "../../src/testing/client.ts";
import type { Application, HeaderList } from "../../src/wsgi/types.ts";
import { Folder, field, seen, WRITTEN } from "../static/served.ts";
import { serveApplication } from "../support/serve-application.ts";

const LARGE = Buffer.alloc(700_001, "0123456789");

const FILES = {
  "a.txt": "the file a",
  "sub/b c.txt": "the file b",
  ".hidden": "a dotfile",
  "large.bin": LARGE,
  "../outside.txt": "outside",
};

function naming(headers: HeaderList, status = "200 OK"): Application {
  return (_environ, startResponse) => {
    startResponse(status, headers.slice());
    return [Buffer.from("the application's own body")];
  };
}

describe("X-Sendfile", () => {
  test("sends the file with the application's fields, and says nothing of itself", async () => {
    using folder = new Folder(FILES);
    const client = createClient(
      sendfile({ roots: [folder.path] })(
        naming([
          ["Content-Type", "application/x-mine"],
          ["Content-Length", "26"],
          ["Cache-Control", "private"],
          ["Content-Disposition", 'attachment; filename="a.txt"'],
          ["X-Sendfile", join(folder.path, "a.txt")],
          ["Set-Cookie", "a=1"],
          ["Set-Cookie", "b=2"],
        ]),
      ),
    );
    const answer = await client.get("/");
    assert.equal(answer.text, "the file a");
    const etag = answer.header("ETag") ?? "";
    assert.match(etag, /^"[\w-]+"$/);
    assert.deepEqual(answer.headers, [
      ["Content-Type", "application/x-mine"],
      ["Content-Length", "10"],
      ["Cache-Control", "private"],
      ["Content-Disposition", 'attachment; filename="a.txt"'],
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2"],
      ["ETag", etag],
      ["Last-Modified", WRITTEN],
      ["Accept-Ranges", "bytes"],
    ]);
    const head = await client.head("/");
    assert.deepEqual(head.headers, answer.headers);
    assert.equal(head.bytes.length, 0);
    const unchanged = await client.get("/", { headers: { "If-None-Match": etag } });
    assert.equal(unchanged.status, 304);
    assert.equal(unchanged.header("Content-Type"), undefined);
    assert.equal(unchanged.header("Cache-Control"), "private");
  });

  for (const [name, content] of [
    ["a.txt", Buffer.from("the file a")],
    ["large.bin", LARGE],
  ] as const) {
    test(`answers ranges of ${name}`, async () => {
      using folder = new Folder(FILES);
      const application = naming([["X-Sendfile", join(folder.path, name)]]);
      await using served = await serveApplication(sendfile({ roots: [folder.path] })(application));
      const fields = [["Range", "bytes=4-7"]] as const;
      const part = await served.ask("GET", "/", { fields });
      assert.equal(part.status, 206);
      assert.ok(part.body.equals(content.subarray(4, 8)));
      assert.equal(field(part, "Content-Range"), `bytes 4-7/${content.length}`);
      const beyond = [["Range", `bytes=${content.length}-`]] as const;
      assert.equal((await served.ask("GET", "/", { fields: beyond })).status, 416);
      assert.ok((await served.ask("GET", "/")).body.equals(content));
      assert.equal(
        (await served.ask("POST", "/", { fields })).status,
        200,
        "only GET knows ranges",
      );
    });
  }

  test("is compared by the tag that the application gives", async () => {
    using folder = new Folder(FILES);
    const application = naming([
      ["ETag", '"own"'],
      ["X-Sendfile", join(folder.path, "a.txt")],
    ]);
    const client = createClient(sendfile({ roots: [folder.path] })(application));
    const asking = (headers: Record<string, string>) => client.get("/", { headers });
    assert.equal((await asking({ "If-None-Match": '"own"' })).status, 304);
    assert.equal((await asking({ Range: "bytes=0-0", "If-Range": '"own"' })).status, 206);
    assert.equal((await asking({ Range: "bytes=0-0", "If-Range": '"x"' })).status, 200);
    assert.equal((await asking({ "If-Match": '"x"' })).status, 412);
  });

  test("is the body of an error as well, as a whole", async () => {
    using folder = new Folder(FILES);
    const application = naming([["X-Sendfile", join(folder.path, "a.txt")]], "403 Forbidden");
    const client = createClient(sendfile({ roots: [folder.path] })(application));
    const answer = await client.get("/", { headers: { Range: "bytes=0-0" } });
    assert.equal(answer.statusLine, "403 Forbidden");
    assert.equal(answer.text, "the file a");
  });

  test("is left out of an answer without content", async () => {
    using folder = new Folder(FILES);
    for (const status of ["304 Not Modified", "204 No Content"]) {
      const application = naming([["X-Sendfile", join(folder.path, "a.txt")]], status);
      const site = sendfile({ roots: [folder.path] })(application);
      // The application breaks a rule: it has content for an answer that has none.
      const answer = await createClient(site, { lint: false }).get("/");
      assert.equal(answer.statusLine, status);
      assert.deepEqual(answer.headers, []);
    }
  });

  test("keeps the coding that the application gives of a file that has it, and of no other", async () => {
    using folder = new Folder({ "a.csv.gz": "coded", "a.csv": "plain" });
    for (const [name, coding] of [
      ["a.csv.gz", "gzip"],
      ["a.csv", undefined],
    ] as const) {
      const application = naming([
        ["Content-Encoding", "gzip"],
        ["X-Sendfile", join(folder.path, name)],
      ]);
      const answer = await createClient(sendfile({ roots: [folder.path] })(application)).get("/");
      assert.equal(answer.header("Content-Encoding"), coding);
    }
  });

  test("finds dotfiles and odd names, which the application has chosen", async () => {
    using folder = new Folder({ ...FILES, "caf\u00e9 %41.txt": "strange" });
    for (const [name, text] of [
      [".hidden", "a dotfile"],
      ["sub/b c.txt", "the file b"],
      ["sub/../a.txt", "the file a"],
      ["sub//b c.txt", "the file b"],
      [Buffer.from("caf\u00e9 %41.txt").toString("latin1"), "strange"],
    ] as const) {
      const application = naming([["X-Sendfile", `${folder.path}/${name}`]]);
      const answer = await createClient(sendfile({ roots: [folder.path] })(application)).get("/");
      assert.equal(answer.text, text);
    }
  });

  for (const [what, nameIn] of [
    ["beside the directory", (path: string) => join(path, "..", "outside.txt")],
    ["by way of the directory", (path: string) => `${path}/../outside.txt`],
    ["whose directory's name only begins like it", (path: string) => `${path}-other/a.txt`],
    ["without a directory", () => "a.txt"],
  ] as const) {
    test(`refuses a file ${what}, and tells the log which it was`, async () => {
      using folder = new Folder(FILES);
      const application = naming([["X-Sendfile", nameIn(folder.path)]]);
      await using served = await serveApplication(sendfile({ roots: [folder.path] })(application));
      const answer = await served.ask("GET", "/");
      assert.equal(answer.status, 500);
      assert.equal(field(answer, "X-Sendfile"), undefined);
      assert.match(served.log.text, /SendfileError: X-Sendfile is ".*", which is not within "/);
    });
  }

  test("follows no link out of the directory, and is 404 where there is no file", async () => {
    using folder = new Folder(FILES);
    symlinkSync("../outside.txt", join(folder.path, "link.txt"));
    for (const name of ["link.txt", "none.txt", "sub", "sub/"]) {
      const application = naming([["X-Sendfile", `${folder.path}/${name}`]]);
      const answer = await createClient(sendfile({ roots: [folder.path] })(application)).get("/");
      assert.equal(answer.text, "404 Not Found\n", name);
    }
  });

  test("knows a directory by the name it was given, and by the one without links", async () => {
    using folder = new Folder(FILES);
    const current = join(folder.path, "current");
    symlinkSync("sub", current);
    for (const path of [current, join(folder.path, "sub")]) {
      const application = naming([["X-Sendfile", join(path, "b c.txt")]]);
      const answer = await createClient(sendfile({ roots: [current] })(application)).get("/");
      assert.equal(answer.text, "the file b");
    }
  });

  test("closes the application's own body, and drops what it writes", async () => {
    using folder = new Folder(FILES);
    let closed = 0;
    const application: Application = (_environ, startResponse) => {
      const write = startResponse("200 OK", [["X-Sendfile", join(folder.path, "large.bin")]]);
      void write(Buffer.from("written"));
      return {
        *[Symbol.iterator]() {
          yield Buffer.from("never read");
        },
        close: () => {
          closed += 1;
        },
      };
    };
    await using served = await serveApplication(sendfile({ roots: [folder.path] })(application));
    assert.ok((await served.ask("GET", "/")).body.equals(LARGE));
    assert.equal(closed, 1);
  });

  test("is sent for who starts with the first item, too", async () => {
    using folder = new Folder(FILES);
    const application: Application = (_environ, startResponse) =>
      (function* () {
        startResponse("200 OK", [["X-Sendfile", join(folder.path, "a.txt")]]);
        yield Buffer.from("never sent");
      })();
    const answer = await createClient(sendfile({ roots: [folder.path] })(application)).get("/");
    assert.equal(answer.text, "the file a");
  });
});

describe("X-Accel-Redirect", () => {
  test("names a file by a path that leads to its directory", async () => {
    using folder = new Folder(FILES);
    const options = {
      accel: { "/protected/": folder.path, "/protected/deep": `${folder.path}/sub` },
    };
    for (const [path, text] of [
      ["/protected/a.txt", "the file a"],
      ["/protected/a.txt?v=1", "the file a"],
      ["/protected/sub/b%20c.txt", "the file b"],
      ["/protected/deep/b%20c.txt", "the file b"],
      ["/protected/none.txt", "404 Not Found\n"],
    ] as const) {
      const application = naming([
        ["X-Accel-Redirect", path],
        ["X-Accel-Buffering", "no"],
      ]);
      const answer = await createClient(sendfile(options)(application)).get("/");
      assert.equal(answer.text, text, path);
      assert.deepEqual(
        answer.headers.filter(([name]) => name.startsWith("X-Accel")),
        [],
      );
    }
  });

  test("leads nowhere else", async () => {
    using folder = new Folder(FILES);
    for (const path of [
      "/other/a.txt",
      "/protected/%2e%2e/outside.txt",
      "/protected/../x",
      "/protectedx",
    ]) {
      const application = naming([["X-Accel-Redirect", path]]);
      const client = createClient(sendfile({ accel: { "/protected/": folder.path } })(application));
      await assert.rejects(client.get("/"), { name: "SendfileError" }, path);
    }
  });
});

test("who is to know nothing of these fields passes them on", async () => {
  using folder = new Folder(FILES);
  const application = naming([
    ["X-Sendfile", join(folder.path, "a.txt")],
    ["X-Accel-Redirect", "/protected/a.txt"],
  ]);
  await using served = await serveApplication(sendfile({})(application));
  const answer = await served.ask("GET", "/");
  assert.equal(seen(answer), "200 the application's own body");
  assert.equal(field(answer, "X-Accel-Redirect"), "/protected/a.txt");
});

test("a directory that is not there is refused at once", () => {
  using folder = new Folder(FILES);
  const refused = (make: () => unknown, message: RegExp): void => {
    assert.throws(
      make,
      (error) => error instanceof StaticFilesError && message.test(error.message),
    );
  };
  refused(() => sendfile({ roots: [join(folder.path, "none")] }), /none" cannot be served/);
  refused(() => sendfile({ accel: { "protected/": folder.path } }), /"protected\/" does not begin/);
});
