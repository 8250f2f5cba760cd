/** Python applications that name files: the gateway sends them, and their one thread is free. */
import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { compose } from "../../src/middleware/compose.ts";
import { compress } from "../../src/middleware/compress.ts";
import { sendfile } from "../../src/middleware/sendfile.ts";
import { mount } from "../../src/routing/mount.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { field, seen } from "../static/served.ts";
import { lazyPython } from "../support/lazy-python.ts";
import { pythonProgram, repositoryRoot } from "../support/python-environment.ts";
import { type ServedApplication, serveApplication } from "../support/serve-application.ts";

/** More than sockets, and the memory for answers, take of what nobody reads. */
const LARGE = Buffer.alloc(20 * 1024 ** 2, "0123456789abcdef");

const files = realpathSync(mkdtempSync(join(tmpdir(), "portico-named-")));

function application(name: string): Application {
  return lazyPython(`named_files.py:${name}`, {
    directory: join(repositoryRoot, "test", "middleware"),
    python: pythonProgram("python"),
  });
}

describe("a Python application", () => {
  let served: ServedApplication;

  before(async () => {
    writeFileSync(join(files, "a.txt"), "the file a");
    writeFileSync(join(files, "large.bin"), LARGE);
    process.env.NAMED_FILES = files;
    served = await serveApplication(
      compose(
        compress({ threshold: 0 }),
        sendfile({ roots: [files], accel: { "/protected/": files } }),
      )(
        mount({
          "/": application("flask_app"),
          "/django": application("django_app"),
          "/streaming": application("streaming_app"),
        }),
      ),
    );
  });

  after(async () => {
    delete process.env.NAMED_FILES;
    await served[Symbol.asyncDispose]();
    rmSync(files, { recursive: true });
  });

  test("in Flask names a file, by USE_X_SENDFILE, and has it sent with its own fields", async () => {
    const answer = await served.ask("GET", "/named/a.txt");
    assert.equal(seen(answer), "200 the file a");
    assert.equal(field(answer, "Content-Disposition"), "attachment; filename=a.txt");
    assert.equal(field(answer, "X-Sendfile"), undefined);
    assert.equal(field(answer, "Cache-Control"), "no-cache");
    const etag = field(answer, "ETag") ?? "";
    const again = await served.ask("GET", "/named/a.txt", { fields: [["If-None-Match", etag]] });
    assert.equal(seen(again), "304 ");
    assert.equal(field(again, "X-Sendfile"), undefined);
  });

  test("in Flask may judge the ranges, and the gateway sends them", async () => {
    for (const [range, start, end] of [
      ["bytes=0-3", 0, 4],
      ["bytes=1000000-1000009", 1_000_000, 1_000_010],
    ] as const) {
      for (const way of ["named", "sent"]) {
        const fields = [["Range", range]] as const;
        const answer = await served.ask("GET", `/${way}/large.bin`, { fields });
        assert.equal(answer.status, 206, way);
        assert.ok(answer.body.equals(LARGE.subarray(start, end)), way);
        assert.equal(field(answer, "Content-Range"), `bytes ${start}-${end - 1}/${LARGE.length}`);
      }
    }
  });

  test("in Django names a file by X-Accel-Redirect", async () => {
    const answer = await served.ask("GET", "/django/accelerated/a.txt", {
      fields: [["Range", "bytes=4-7"]],
    });
    assert.equal(seen(answer), "206 file");
    assert.equal(field(answer, "Content-Type"), "text/plain");
    assert.equal(field(answer, "X-Accel-Redirect"), undefined);
    assert.equal((await served.ask("GET", "/django/accelerated/none")).status, 404);
  });

  test("that names a file and streams on is told that nobody reads it", async () => {
    for (let times = 0; times < 3; times += 1) {
      assert.equal(seen(await served.ask("GET", "/streaming")), "200 the file a");
    }
  });

  for (const [way, target] of [
    ["names", "/named/large.bin"],
    ["gives to wsgi.file_wrapper", "/sent/large.bin"],
  ] as const) {
    test(`is free at once of the files it ${way}, whoever does not read them`, async () => {
      const idle = await Promise.all(Array.from({ length: 5 }, () => served.connect()));
      try {
        for (const connection of idle) {
          connection.request("GET", target);
          await connection.head();
        }
        assert.equal(seen(await served.ask("GET", "/quick")), "200 quick");
      } finally {
        for (const connection of idle) connection.socket.destroy();
      }
    });
  }

  test("has files that it gives to wsgi.file_wrapper compressed on their way", async () => {
    const fields = [["Accept-Encoding", "gzip"]] as const;
    const answer = await served.ask("GET", "/sent/a.txt", { fields });
    assert.equal(field(answer, "Content-Encoding"), "gzip");
    assert.equal((await served.ask("GET", "/django/wrapped/a.txt")).body.toString(), "the file a");
  });
});
