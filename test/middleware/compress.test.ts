/** Compression: what is compressed, what is left alone, and that what streams goes on streaming. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import { brotliDecompressSync, createGunzip, gunzipSync, gzipSync } from "node:zlib";
import { type CompressOptions, compress } from "../../src/middleware/compress.ts";
import { OptionError } from "../../src/middleware/option-error.ts";
import { CODINGS_HERE } from "../../src/static/compression.ts";
import { staticFiles } from "../../src/static/static-files.ts";
import { createClient, type TestResponse } from "../../src/testing/client.ts";
import type { RequestOptions } from "../../src/testing/request-options.ts";
import type { Application, HeaderList, ResponseBody } from "../../src/wsgi/types.ts";
import { Folder } from "../static/served.ts";
import { serveApplication } from "../support/serve-application.ts";

const TEXT = "The quick brown fox jumps over the lazy dog. ".repeat(60);
const HTML: HeaderList = [["Content-Type", "text/html; charset=utf-8"]];
const GZIP = { headers: { "Accept-Encoding": "gzip" } };

function answering(body: () => ResponseBody, headers: HeaderList = HTML, status = "200 OK") {
  const application: Application = (_environ, startResponse) => {
    startResponse(status, headers.slice());
    return body();
  };
  return application;
}

const PAGE = answering(() => [Buffer.from(TEXT)]);

function ask(
  application: Application,
  request: RequestOptions = GZIP,
  options: CompressOptions = {},
): Promise<TestResponse> {
  return createClient(compress(options)(application)).get("/page", request);
}

/** What there is of an answer that was left alone. */
function assertPlain(answer: TestResponse, text: string, vary?: string): void {
  assert.equal(answer.header("Content-Encoding"), undefined);
  assert.equal(answer.header("Vary"), vary);
  assert.equal(answer.text, text);
}

describe("a complete answer", () => {
  test("is compressed in the coding that the client wishes for most", async () => {
    for (const [accepted, coding, decode] of [
      ["gzip", "gzip", gunzipSync],
      ["br", "br", brotliDecompressSync],
      ["gzip, br", "br", brotliDecompressSync],
      ["br;q=0.5, gzip", "gzip", gunzipSync],
    ] as const) {
      const answer = await ask(PAGE, { headers: { "Accept-Encoding": accepted } });
      assert.equal(answer.header("Content-Encoding"), coding);
      assert.equal(answer.header("Content-Length"), String(answer.bytes.length));
      assert.equal(answer.header("Vary"), "Accept-Encoding");
      assert.equal(decode(answer.bytes).toString(), TEXT);
    }
  });

  test("is compressed as one, however many chunks it has and however large it is", async () => {
    for (const times of [1, 20, 200, 500]) {
      const answer = await ask(answering(() => new Array(times).fill(Buffer.from(TEXT))));
      assert.equal(gunzipSync(answer.bytes).toString(), TEXT.repeat(times));
    }
  });

  test("goes as it is to who accepts no coding, and caches are told that it need not", async () => {
    for (const accepted of ["identity", "deflate", "gzip;q=0"]) {
      assertPlain(
        await ask(PAGE, { headers: { "Accept-Encoding": accepted } }),
        TEXT,
        "Accept-Encoding",
      );
    }
    assertPlain(await ask(PAGE, {}), TEXT, "Accept-Encoding");
  });

  test("goes as it is where it is short, and where it would not become shorter", async () => {
    assertPlain(await ask(answering(() => [Buffer.from("short")])), "short");
    const dense = gzipSync(TEXT).toString("latin1");
    const options = { threshold: 10 };
    const answer = await ask(
      answering(() => [Buffer.from(dense, "latin1")]),
      GZIP,
      options,
    );
    assert.equal(answer.header("Content-Encoding"), undefined);
    assert.equal(gunzipSync(answer.bytes).toString(), TEXT);
  });

  test("has a weak tag, since its bytes are others, and no ranges of what it was", async () => {
    const headers: HeaderList = [
      ...HTML,
      ["ETag", '"a"'],
      ["Accept-Ranges", "bytes"],
      ["Vary", "Cookie"],
    ];
    const answer = await ask(answering(() => [Buffer.from(TEXT)], headers));
    assert.equal(answer.header("ETag"), 'W/"a"');
    assert.equal(answer.header("Accept-Ranges"), undefined);
    assert.equal(answer.header("Vary"), "Cookie, Accept-Encoding");
  });

  test("is an error, too", async () => {
    const failed = answering(() => [Buffer.from(TEXT)], HTML, "500 Internal Server Error");
    assert.equal((await ask(failed)).header("Content-Encoding"), "gzip");
  });
});

describe("an answer is left alone", () => {
  const LEFT_ALONE: readonly (readonly [why: string, headers: HeaderList, status?: string])[] = [
    ["that is compressed already", [...HTML, ["Content-Encoding", "br"]]],
    ["that is not to be changed", [...HTML, ["Cache-Control", "private, no-transform"]]],
    ["of a type that is compressed in itself", [["Content-Type", "image/png"]]],
    ["without a type", []],
    ["that is a part", [...HTML, ["Content-Range", "bytes 0-2699/9999"]], "206 Partial Content"],
    ["of which a digest was made", [...HTML, ["Content-Digest", "sha-256=:x:"]]],
  ];
  for (const [why, headers, status] of LEFT_ALONE) {
    test(why, async () => {
      const answer = await ask(answering(() => [Buffer.from(TEXT)], headers, status));
      assert.deepEqual(answer.headers, headers);
      assert.equal(answer.text, TEXT);
    });
  }

  test("below a path that is excepted, and not beside it", async () => {
    const client = createClient(compress({ except: ["/account", "/a/", "/st\u00e4"] })(PAGE));
    for (const [path, coding] of [
      ["/account", undefined],
      ["/account/keys", undefined],
      ["/a", undefined],
      ["/st%C3%A4/x", undefined],
      ["http://localhost//account//keys", undefined],
      ["/accounts", "gzip"],
    ] as const) {
      assert.equal((await client.get(path, GZIP)).header("Content-Encoding"), coding, path);
    }
  });

  test("whose length is not what it says: the server has to see that", async () => {
    const headers: HeaderList = [...HTML, ["Content-Length", "3"]];
    await using served = await serveApplication(
      compress()(answering(() => [Buffer.from(TEXT)], headers)),
    );
    const answer = await served.ask("GET", "/", { fields: [["Accept-Encoding", "gzip"]] });
    assert.equal(answer.body.toString(), "The");
  });

  test("that is written by write()", async () => {
    const application: Application = (_environ, startResponse) => {
      const write = startResponse("200 OK", HTML.slice());
      void write(Buffer.from(TEXT));
      return [Buffer.from("end")];
    };
    assertPlain(await ask(application), `${TEXT}end`);
  });
});

test("what is told HEAD is what GET is told, as far as it is known", async () => {
  const sized: HeaderList = [...HTML, ["Content-Length", String(TEXT.length)], ["ETag", '"a"']];
  for (const body of [[], [Buffer.from(TEXT)]]) {
    const client = createClient(compress()(answering(() => body, sized)));
    const headed = await client.head("/", GZIP);
    assert.equal(headed.header("Content-Encoding"), "gzip");
    assert.equal(headed.header("ETag"), 'W/"a"');
    assert.equal(headed.header("Content-Length"), undefined);
    assert.equal(headed.header("Vary"), "Accept-Encoding");
  }
  const unknown = createClient(compress()(answering(() => [])));
  assert.equal((await unknown.head("/", GZIP)).header("Content-Encoding"), undefined);
});

test("who has the compressed content is told of its tag when it has not changed", async () => {
  const unchanged = answering(() => [], [["ETag", '"a"']], "304 Not Modified");
  const asked = (tag: string) => ({ headers: { "If-None-Match": tag } });
  assert.equal((await ask(unchanged, asked('W/"a"'))).header("ETag"), 'W/"a"');
  assert.equal((await ask(unchanged, asked('"a"'))).header("ETag"), '"a"');
});

describe("what streams", () => {
  test("leaves piece by piece: each can be read before the next is made", async () => {
    let goOn: () => void = () => {};
    const application = answering(
      async function* () {
        for (const piece of ["one", "two", "three"]) {
          yield Buffer.from(piece);
          await new Promise<void>((resolve) => {
            goOn = resolve;
          });
        }
      } as () => AsyncGenerator<Uint8Array>,
      [["Content-Type", "text/event-stream"]],
    );
    await using served = await serveApplication(compress()(application));
    using connection = await served.connect();
    connection.request("GET", "/", { fields: [["Accept-Encoding", "gzip"]] });
    const decoder = createGunzip();
    const decoded = decoder[Symbol.asyncIterator]();
    const head = await connection.head();
    const coded = connection.body("GET", head);
    for (const piece of ["one", "two", "three"]) {
      const { value } = await coded.next();
      decoder.write(value);
      assert.equal(String((await decoded.next()).value), piece);
      goOn();
    }
  });

  test("is closed once, when it ends, fails or is left", async () => {
    for (const [how, chunks] of [
      ["ends", 3],
      ["fails", -1],
      ["is left", Number.POSITIVE_INFINITY],
    ] as const) {
      let closed = 0;
      const { promise, resolve } = withResolvers();
      const application = answering(() => ({
        *[Symbol.iterator]() {
          if (chunks < 0) throw new Error("it fails");
          for (let at = 0; at < chunks; at += 1) yield Buffer.from(TEXT);
        },
        close: () => {
          closed += 1;
          resolve();
        },
      }));
      await using served = await serveApplication(compress()(application));
      using connection = await served.connect();
      connection.request("GET", "/", { fields: [["Accept-Encoding", "gzip"]] });
      if (how === "is left") {
        await connection.head();
        connection.socket.destroy();
      } else {
        await connection.answer().catch(() => {});
      }
      await promise;
      assert.equal(closed, 1, how);
    }
  });

  test("is not read faster than its client takes it", async () => {
    let made = 0;
    const noise = randomBytes(65_536);
    const application: Application = (environ, startResponse) => {
      startResponse("200 OK", HTML.slice());
      return (function* () {
        for (; environ.PATH_INFO === "/endless"; made += 1) yield noise;
      })();
    };
    await using served = await serveApplication(compress()(application));
    using connection = await served.connect();
    connection.request("GET", "/endless", { fields: [["Accept-Encoding", "gzip"]] });
    await connection.head();
    // While others are answered, time and again, nothing more is made for who does not read.
    for (let before = -1, same = 0; same < 100; ) {
      await served.ask("GET", "/");
      same = before === made ? same + 1 : 0;
      before = made;
      assert.ok(made < 1000, "it goes on and on");
    }
  });

  test("of a length that is known is cut where it is short of that", async () => {
    const headers: HeaderList = [...HTML, ["Content-Length", "10000"]];
    const short = answering(
      function* () {
        yield Buffer.from(TEXT);
      } as () => Generator<Uint8Array>,
      headers,
    );
    await using served = await serveApplication(compress()(short));
    const asked = served.ask("GET", "/", { fields: [["Accept-Encoding", "gzip"]] });
    assert.equal((await asked).isWhole, false);
    assert.match(served.log.text, /7300 bytes shorter than its Content-Length/);
  });

  test("is an error page as it is, where the application starts anew", async () => {
    const application: Application = (_environ, startResponse) => {
      startResponse("200 OK", HTML.slice());
      return (function* () {
        yield Buffer.alloc(0);
        startResponse("500 Internal Server Error", HTML.slice(), new Error("late"));
        yield Buffer.from(TEXT);
      })();
    };
    const answer = await ask(application);
    assert.equal(answer.status, 500);
    assertPlain(answer, TEXT);
  });

  test("is compressed though its head comes with its first item", async () => {
    const application: Application = (_environ, startResponse) =>
      (function* () {
        startResponse("200 OK", HTML.slice());
        yield Buffer.from(TEXT);
        yield Buffer.from("end");
      })();
    const answer = await ask(application);
    assert.equal(answer.header("Content-Encoding"), "gzip");
    assert.equal(gunzipSync(answer.bytes).toString(), `${TEXT}end`);
  });

  test("is a large file as well, and its blocks are used again only when they are compressed", async () => {
    const content = Buffer.from(
      Array.from({ length: 3_000_000 }, (_, at) => 97 + ((at * at) % 26)),
    );
    using folder = new Folder({ "a.txt": content });
    const files = compress()(staticFiles(folder.path, { compress: false }));
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => createClient(files).get("/a.txt", GZIP)),
    );
    for (const { bytes } of answers) assert.ok(gunzipSync(bytes).equals(content));
  });
});

test("zstd is there where Node.js has it", () => {
  const hasZstd = "zstdCompress" in process.getBuiltinModule("node:zlib");
  assert.equal(CODINGS_HERE.includes("zstd"), hasZstd);
});

test("an option without a meaning is refused by its name", () => {
  for (const [options, message] of [
    [{ threshold: -1 }, /compress: threshold is -1/],
    [{ levels: { br: 12 } }, /compress: levels\.br is 12, not a level from 0 to 11/],
    [{ levels: { gzip: 1.5 } }, /compress: levels\.gzip is 1\.5/],
    [{ except: ["account"] }, /compress: except has "account"/],
    [{ codings: ["deflate" as "gzip"] }, /compress: codings has "deflate"/],
  ] as const) {
    assert.throws(
      () => compress(options),
      (error) => error instanceof OptionError && message.test(error.message),
    );
  }
});

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
