import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { HttpError } from "../../src/messages/http-error.ts";
import { HttpResponse, html, inlineJson, json, text } from "../../src/messages/http-response.ts";
import type { Result } from "../../src/messages/respond.ts";
import { stream } from "../../src/messages/stream.ts";
import { toApplication } from "../../src/messages/to-application.ts";
import { createClient } from "../../src/testing/client.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { serveApplication } from "../support/serve-application.ts";
import { environOf, type TestResponse } from "./answered.ts";

function ask(
  result: () => Result | Promise<Result>,
  method = "GET",
  headers: Readonly<Record<string, string>> = {},
): Promise<TestResponse> {
  return createClient(toApplication(result)).request(method, "/", { headers });
}

function fieldsOf({ headers }: TestResponse): Readonly<Record<string, string>> {
  return Object.fromEntries(headers);
}

for (const fields of [
  new Headers({ "x-note": "1" }),
  [["x-note", "1"]] satisfies [string, string][],
  { "x-note": "1" },
]) {
  test(`fields may be given as ${fields.constructor.name}`, async () => {
    assert.equal((await ask(() => text("a", { headers: fields }))).header("X-Note"), "1");
    const failed = ask(() => {
      throw new HttpError(400, "b", { headers: fields });
    });
    assert.equal((await failed).header("X-Note"), "1");
  });
}

describe("what a handler returns", () => {
  const rows: readonly (readonly [
    what: string,
    result: () => Result,
    headers: Readonly<Record<string, string>>,
    body: string,
  ])[] = [
    [
      "text",
      () => "é",
      { "Content-Type": "text/plain; charset=utf-8", "Content-Length": "2" },
      "é",
    ],
    [
      "bytes",
      () => Buffer.from("ab"),
      { "Content-Type": "application/octet-stream", "Content-Length": "2" },
      "ab",
    ],
    [
      "text()",
      () => text("a"),
      { "Content-Type": "text/plain; charset=utf-8", "Content-Length": "1" },
      "a",
    ],
    [
      "html()",
      () => html("<p>"),
      { "Content-Type": "text/html; charset=utf-8", "Content-Length": "3" },
      "<p>",
    ],
    [
      "json()",
      () => json({ a: [1] }),
      { "Content-Type": "application/json", "Content-Length": "9" },
      '{"a":[1]}',
    ],
    [
      "json() of nothing",
      () => json(undefined),
      { "Content-Type": "application/json", "Content-Length": "4" },
      "null",
    ],
    [
      "indented json()",
      () => json([1], { indent: 1 }),
      { "Content-Type": "application/json", "Content-Length": "6" },
      "[\n 1\n]",
    ],
    [
      "a Blob",
      () => new HttpResponse(new Blob(["ab"], { type: "text/css" })),
      { "Content-Type": "text/css", "Content-Length": "2" },
      "ab",
    ],
    ["nothing", () => new HttpResponse(), { "Content-Length": "0" }, ""],
    ["chunks", () => new HttpResponse([Buffer.from("a"), Buffer.from("b")]), {}, "ab"],
    ["a ReadableStream", () => new HttpResponse(new Blob(["ab"]).stream()), {}, "ab"],
    [
      "a platform Response",
      () => new Response("ab", { headers: { "X-A": "1" } }),
      { "content-type": "text/plain;charset=UTF-8", "x-a": "1" },
      "ab",
    ],
    ["Response.json()", () => Response.json({}), { "content-type": "application/json" }, "{}"],
  ];
  for (const [what, result, headers, body] of rows) {
    test(`as ${what} is answered`, async () => {
      const answer = await ask(result);
      assert.equal(answer.statusLine, "200 OK");
      assert.deepEqual(fieldsOf(answer), headers);
      assert.equal(answer.text, body);
    });

    test(`as ${what} has the same head and no body for HEAD`, async () => {
      const answer = await ask(result, "HEAD");
      assert.deepEqual(fieldsOf(answer), headers);
      assert.equal(answer.text, "");
    });
  }

  test("may be a promise of it", async () => {
    assert.equal((await ask(() => Promise.resolve("later"))).text, "later");
  });

  test("keeps the fields that it was given", async () => {
    const given = { "content-type": "text/x", "content-length": "1", ETag: '"1"' };
    assert.deepEqual(fieldsOf(await ask(() => text("a", { headers: given }))), given);
  });

  test("is not changed by being sent", async () => {
    const shared = text("a");
    await ask(() => shared);
    assert.deepEqual(shared.headers, [["Content-Type", "text/plain; charset=utf-8"]]);
    assert.equal((await ask(() => shared)).text, "a");
  });

  test("that is none is an error that says so", async () => {
    // Handlers in JavaScript forget to return.
    const nothing = (() => undefined) as unknown as () => Result;
    await assert.rejects(ask(nothing), /the handler returned undefined/);
  });

  for (const status of [204, 304]) {
    test(`has neither length nor body with ${status}`, async () => {
      const answer = await ask(() => new HttpResponse("text", { status }));
      assert.deepEqual([fieldsOf(answer), answer.text], [{}, ""]);
    });
  }
});

describe("a platform Response", () => {
  test("keeps each Set-Cookie apart, and its status", async () => {
    const response = new Response("x", { status: 201 });
    response.headers.append("Set-Cookie", "a=1");
    response.headers.append("Set-Cookie", "b=2");
    const answer = await ask(() => response);
    assert.equal(answer.status, 201);
    assert.deepEqual(
      answer.headers.filter(([name]) => name === "set-cookie").map(([, value]) => value),
      ["a=1", "b=2"],
    );
  });

  test("leaves out what its fields say of another connection", async () => {
    const headers = { Connection: "close", "Keep-Alive": "1", "Transfer-Encoding": "chunked" };
    assert.deepEqual(fieldsOf(await ask(() => new Response(null, { headers }))), {
      "Content-Length": "0",
    });
  });
});

test("what fetch has got, and decoded, is passed on as it is now", async () => {
  const upstream: Application = (_environ, startResponse) => {
    const body = gzipSync("hello");
    startResponse("200 OK", [
      ["Content-Type", "text/plain"],
      ["Content-Encoding", "gzip"],
      ["Content-Length", String(body.length)],
    ]);
    return [body];
  };
  await using served = await serveApplication(upstream);
  const answer = await ask(() => fetch(served.server.url));
  assert.equal(answer.text, "hello");
  assert.equal(answer.header("Content-Type"), "text/plain");
  assert.equal(answer.header("Content-Encoding"), undefined);
  assert.equal(answer.header("Content-Length"), undefined);
  const own = new Response(gzipSync("hello"), { headers: { "Content-Encoding": "gzip" } });
  assert.equal((await ask(() => own)).header("Content-Encoding"), "gzip");
});

describe("a ReadableStream", () => {
  test("of text is sent as UTF-8", async () => {
    const response = (): HttpResponse => stream(ReadableStream.from(["é", "!"]));
    assert.equal((await ask(response)).text, "é!");
  });

  test("is cancelled when nobody reads it", async () => {
    let reason: unknown = "never";
    const stream = new ReadableStream<Uint8Array>({
      cancel: (why) => {
        reason = why;
      },
    });
    const body = await toApplication(() => new HttpResponse(stream))(
      environOf({}),
      () => async () => {},
    );
    await body.close?.();
    assert.equal(reason, undefined);
  });

  test("is cancelled while it is waited for when the client leaves", async () => {
    const gone = new AbortController();
    const cancelled = new Promise<string>((resolve) => {
      const stream = new ReadableStream<Uint8Array>({ cancel: () => resolve("cancelled") });
      const application = toApplication(() => new HttpResponse(stream));
      const body = application(environOf({ signal: gone.signal }), () => async () => {});
      assert.ok(!(body instanceof Promise) && Symbol.asyncIterator in body);
      void body[Symbol.asyncIterator]().next();
    });
    gone.abort();
    assert.equal(await cancelled, "cancelled");
  });

  test("that fails fails the answer", async () => {
    const stream = new ReadableStream({ start: (controller) => controller.error(new Error("no")) });
    await assert.rejects(
      ask(() => new HttpResponse(stream)),
      /no/,
    );
  });
});

describe("a conditional request", () => {
  const versioned = (): HttpResponse =>
    text("hello", {
      headers: {
        ETag: '"1"',
        "Last-Modified": "Sat, 29 Oct 1994 19:43:31 GMT",
        "Cache-Control": "max-age=1",
        "Content-Language": "en",
        "Content-Location": "/here",
      },
    });

  test("of what the client has is a 304 with the fields that a cache needs", async () => {
    const answer = await ask(versioned, "GET", { "If-None-Match": 'W/"1"' });
    assert.equal(answer.status, 304);
    assert.deepEqual(Object.keys(fieldsOf(answer)), [
      "ETag",
      "Last-Modified",
      "Cache-Control",
      "Content-Location",
    ]);
    assert.equal(answer.text, "");
  });

  const rows: readonly (readonly [
    headers: Readonly<Record<string, string>>,
    method: string,
    status: number,
  ])[] = [
    [{ "If-None-Match": '"2"' }, "GET", 200],
    [{ "If-None-Match": '"1"' }, "HEAD", 304],
    [{ "If-None-Match": '"1"' }, "POST", 200],
    [{ "If-Modified-Since": "Sat, 29 Oct 1994 19:43:31 GMT" }, "GET", 304],
    [{ "If-Modified-Since": "Sat, 29 Oct 1994 19:43:30 GMT" }, "GET", 200],
    [{ "If-Match": '"2"' }, "GET", 412],
    [{ "If-Match": '"1"' }, "GET", 200],
    [{ "If-Unmodified-Since": "Sat, 29 Oct 1994 19:43:30 GMT" }, "GET", 412],
  ];
  for (const [headers, method, status] of rows) {
    test(`${method} with ${JSON.stringify(headers)} is a ${status}`, async () => {
      assert.equal((await ask(versioned, method, headers)).status, status);
    });
  }

  test("of a response without validators is none", async () => {
    const headers = { "If-None-Match": "*", "If-Modified-Since": "Sat, 29 Oct 2094 19:43:31 GMT" };
    assert.equal((await ask(() => "hello", "GET", headers)).status, 200);
    const tagged = (): HttpResponse => text("a", { headers: { ETag: '"1"' } });
    const since = { "If-Modified-Since": "Sat, 29 Oct 2094 19:43:31 GMT" };
    assert.equal((await ask(tagged, "GET", since)).status, 200);
  });

  test("of an error is none", async () => {
    const failing = (): HttpResponse => text("", { status: 500, headers: { ETag: '"1"' } });
    assert.equal((await ask(failing, "GET", { "If-None-Match": '"1"' })).status, 500);
  });

  test("closes the stream that is not sent", async () => {
    let isClosed = false;
    const content = {
      async *[Symbol.asyncIterator]() {
        yield Buffer.from("never");
      },
      close: () => {
        isClosed = true;
      },
    };
    const tagged = (): HttpResponse => new HttpResponse(content, { headers: { ETag: '"1"' } });
    const answer = await ask(tagged, "GET", { "If-None-Match": '"1"' });
    assert.deepEqual([answer.status, answer.text, isClosed], [304, "", true]);
  });
});

describe("a range", () => {
  const ranged = (content: string | Blob) => (): HttpResponse =>
    new HttpResponse(content, {
      headers: { "Accept-Ranges": "bytes", "Content-Type": "text/plain", ETag: '"1"' },
    });

  for (const [what, content] of [
    ["text", "0123456789"],
    ["a Blob", new Blob(["0123456789"])],
  ] as const) {
    test(`of ${what} is sent alone`, async () => {
      const answer = await ask(ranged(content), "GET", { Range: "bytes=2-4" });
      assert.equal(answer.status, 206);
      assert.equal(answer.header("Content-Range"), "bytes 2-4/10");
      assert.equal(answer.header("Content-Length"), "3");
      assert.equal(answer.text, "234");
    });

    test(`of ${what} comes with others in parts`, async () => {
      const answer = await ask(ranged(content), "GET", { Range: "bytes=0-0,-1" });
      assert.match(answer.header("Content-Type") ?? "", /^multipart\/byteranges; boundary=/);
      assert.equal(answer.header("Content-Length"), String(answer.bytes.length));
      assert.match(answer.text, /bytes 0-0\/10\r\n\r\n0\r\n.*bytes 9-9\/10\r\n\r\n9\r\n/s);
    });
  }

  test("that is not there is a 416", async () => {
    const answer = await ask(ranged("0123456789"), "GET", { Range: "bytes=10-" });
    assert.equal(answer.status, 416);
    assert.equal(answer.header("Content-Range"), "bytes */10");
  });

  test("of another version is all of this one", async () => {
    const stale = { Range: "bytes=2-4", "If-Range": '"0"' };
    assert.equal((await ask(ranged("0123456789"), "GET", stale)).status, 200);
    const same = { Range: "bytes=2-4", "If-Range": '"1"' };
    assert.equal((await ask(ranged("0123456789"), "GET", same)).status, 206);
  });

  test("of what does not offer ranges is all of it", async () => {
    assert.equal((await ask(() => "0123456789", "GET", { Range: "bytes=2-4" })).status, 200);
  });
});

describe("an HttpError", () => {
  test("that a handler throws is its answer, at once or later", async () => {
    const thrown = (): never => {
      throw new HttpError(404, "no such note");
    };
    assert.equal((await ask(thrown)).text, "no such note\n");
    assert.equal((await ask(async () => thrown())).status, 404);
  });

  test("is problem details for who prefers JSON", async () => {
    const thrown = (): never => {
      throw new HttpError(403, "too poor", { problem: { type: "/poor", balance: 3 } });
    };
    const answer = await ask(thrown, "GET", { Accept: "application/json" });
    assert.equal(answer.header("Content-Type"), "application/problem+json");
    assert.equal(answer.header("Vary"), "Accept");
    assert.deepEqual(answer.json(), {
      status: 403,
      title: "Forbidden",
      detail: "too poor",
      type: "/poor",
      balance: 3,
    });
    for (const Accept of ["text/html, application/json;q=0.9", "*/*"]) {
      const other = await ask(thrown, "GET", { Accept });
      assert.match(other.header("Content-Type") ?? "", /^text\/plain/);
    }
  });

  test("says what its status needs", async () => {
    const { headers } = new HttpError(405, undefined, {
      allow: ["GET", "HEAD"],
      challenge: 'Basic realm="x"',
      retryAfter: new Date(0),
      headers: { "X-A": "1" },
    });
    assert.deepEqual(headers, [
      ["X-A", "1"],
      ["Allow", "GET, HEAD"],
      ["WWW-Authenticate", 'Basic realm="x"'],
      ["Retry-After", "Thu, 01 Jan 1970 00:00:00 GMT"],
    ]);
    assert.deepEqual(new HttpError(503, undefined, { retryAfter: 7 }).headers, [
      ["Retry-After", "7"],
    ]);
  });
});

test("JSON that stands in a page does not end its element", () => {
  const value = { a: "</script><!--\u2028&" };
  const inline = inlineJson(value);
  assert.doesNotMatch(inline, /[<>&\u2028\u2029]/);
  assert.deepEqual(JSON.parse(inline), value);
});

test("all of it crosses a real server", async () => {
  const application = toApplication((request) => {
    if (request.path === "/blob") return new HttpResponse(new Blob(["blob"]));
    if (request.path === "/error") throw new HttpError(418);
    return Response.json({ path: request.path });
  });
  await using served = await serveApplication(application);
  assert.equal((await served.ask("GET", "/blob")).body.toString(), "blob");
  assert.equal((await served.ask("GET", "/x")).body.toString(), '{"path":"/x"}');
  assert.equal((await served.ask("GET", "/error")).body.toString(), "418 Unknown\n");
});
