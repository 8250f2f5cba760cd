/** Conditional requests for what an application answers: tags, 304, 412, and what is left alone. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compose } from "../../src/middleware/compose.ts";
import { compress } from "../../src/middleware/compress.ts";
import { conditionalGet } from "../../src/middleware/conditional-get.ts";
import { OptionError } from "../../src/middleware/option-error.ts";
import { createClient, type TestResponse } from "../../src/testing/client.ts";
import type { Application, HeaderList, ResponseBody } from "../../src/wsgi/types.ts";

const PLAIN: HeaderList = [["Content-Type", "text/plain"]];
const DATE = "Sun, 01 Nov 2026 00:00:00 GMT";
const LATER = "Mon, 02 Nov 2026 00:00:00 GMT";

function answering(
  body: () => ResponseBody,
  headers: HeaderList = PLAIN,
  status = "200 OK",
): Application {
  return (_environ, startResponse) => {
    startResponse(status, headers.slice());
    return body();
  };
}

const hello = (): ResponseBody => [Buffer.from("hel"), Buffer.from("lo")];

function ask(
  application: Application,
  headers: Readonly<Record<string, string>> = {},
  method = "GET",
): Promise<TestResponse> {
  return createClient(conditionalGet()(application)).request(method, "/", { headers });
}

test("a complete answer gets a tag that is the same for the same content, and no other", async () => {
  const tag = (await ask(answering(hello))).header("ETag") ?? "";
  assert.match(tag, /^"[\w-]{27}"$/);
  assert.equal((await ask(answering(() => [Buffer.from("hello")]))).header("ETag"), tag);
  assert.notEqual((await ask(answering(() => [Buffer.from("hullo")]))).header("ETag"), tag);
});

test("who has it is told so, with what caches update and nothing of the content", async () => {
  const application = answering(hello, [
    ...PLAIN,
    ["Content-Length", "5"],
    ["Cache-Control", "max-age=1"],
    ["Set-Cookie", "a=1"],
    ["Content-Security-Policy", "default-src 'self'"],
  ]);
  const tag = (await ask(application)).header("ETag") ?? "";
  for (const field of [tag, `W/${tag}`, `"x", ${tag}`, "*"]) {
    const answer = await ask(application, { "If-None-Match": field });
    assert.equal(answer.statusLine, "304 Not Modified");
    assert.equal(answer.bytes.length, 0);
    assert.deepEqual(answer.headers, [
      ["Cache-Control", "max-age=1"],
      ["Set-Cookie", "a=1"],
      ["Content-Security-Policy", "default-src 'self'"],
      ["ETag", tag],
    ]);
  }
  assert.equal((await ask(application, { "If-None-Match": '"other"' })).text, "hello");
});

test("the application's own tag and date count", async () => {
  const tagged = answering(hello, [...PLAIN, ["ETag", '"own"']]);
  assert.equal((await ask(tagged, { "If-None-Match": '"own"' })).status, 304);
  const dated = answering(hello, [...PLAIN, ["Last-Modified", DATE]]);
  assert.equal((await ask(dated, { "If-Modified-Since": DATE })).status, 304);
  assert.equal((await ask(dated, { "If-Modified-Since": LATER })).status, 304);
  assert.equal((await ask(dated, { "If-Modified-Since": "no date" })).status, 200);
  const badlyDated = answering(hello, [...PLAIN, ["Last-Modified", "yesterday"]]);
  assert.equal((await ask(badlyDated, { "If-Modified-Since": LATER })).status, 200);
});

test("who wants another version gets none: 412", async () => {
  const tagged = answering(hello, [...PLAIN, ["ETag", '"own"'], ["Last-Modified", DATE]]);
  for (const condition of [
    { "If-Match": '"other"' },
    { "If-Unmodified-Since": "Sat, 31 Oct 2026 00:00:00 GMT" },
  ]) {
    const answer = await ask(tagged, condition);
    assert.equal(answer.statusLine, "412 Precondition Failed");
    assert.equal(answer.text, "412 Precondition Failed\n");
    assert.equal(answer.header("Content-Length"), String(answer.bytes.length));
    assert.equal(answer.header("ETag"), undefined);
  }
});

describe("is left alone", () => {
  const WHAT: readonly (readonly [what: string, application: Application, method?: string])[] = [
    ["what is no 200", answering(hello, PLAIN, "404 Not Found")],
    ["what answers other methods", answering(hello), "POST"],
    [
      "what comes piece by piece",
      answering(function* () {
        yield Buffer.from("hello");
      } as () => Generator<Uint8Array>),
    ],
    ["what is never stored", answering(hello, [["Cache-Control", "private, no-store"]])],
    ["a HEAD without the content", answering(() => []), "HEAD"],
    [
      "what is written",
      (_environ, startResponse) => {
        const write = startResponse("200 OK", PLAIN.slice());
        void write(Buffer.from("hel"));
        return [Buffer.from("lo")];
      },
    ],
  ];
  test("what is shorter than it says, which is cut as it would be without", async () => {
    const short = answering(hello, [["Content-Length", "6"]]);
    await assert.rejects(ask(short, { "If-None-Match": "*" }), /1 bytes shorter/);
  });

  for (const [what, application, method] of WHAT) {
    test(what, async () => {
      const answer = await ask(application, { "If-None-Match": "*" }, method);
      assert.notEqual(answer.status, 304);
      assert.equal(answer.header("ETag"), undefined);
    });
  }

  test("the content of what is larger than is wished for", async () => {
    const client = createClient(conditionalGet({ maxBytes: 4 })(answering(hello)));
    assert.equal((await client.get("/")).header("ETag"), undefined);
  });
});

test("a body of which nothing is sent is closed all the same", async () => {
  let closed = 0;
  const streamed = answering(
    () => ({
      *[Symbol.iterator]() {
        yield Buffer.from("never read");
      },
      close: () => {
        closed += 1;
      },
    }),
    [["ETag", '"own"']],
  );
  const answer = await ask(streamed, { "If-None-Match": '"own"' });
  assert.equal(answer.status, 304);
  assert.equal(closed, 1);
});

test("HEAD is judged as GET is, by what the application says", async () => {
  const tagged = answering(() => [], [["ETag", '"own"']]);
  assert.equal((await ask(tagged, { "If-None-Match": '"own"' }, "HEAD")).status, 304);
  assert.equal((await ask(tagged, { "If-Match": '"x"' }, "HEAD")).status, 412);
});

test("works within compression: the tag that this made weak is known again", async () => {
  const text = "hello ".repeat(1000);
  const both = compose(compress(), conditionalGet())(answering(() => [Buffer.from(text)]));
  const client = createClient(both);
  const headers = { "Accept-Encoding": "gzip" };
  const tag = (await client.get("/", { headers })).header("ETag") ?? "";
  assert.match(tag, /^W\//);
  const again = await client.get("/", { headers: { ...headers, "If-None-Match": tag } });
  assert.equal(again.status, 304);
  assert.equal(again.header("ETag"), tag);
});

test("an option without a meaning is refused by its name", () => {
  assert.throws(
    () => conditionalGet({ maxBytes: -1 }),
    (error) => error instanceof OptionError && /conditionalGet: maxBytes is -1/.test(error.message),
  );
});
