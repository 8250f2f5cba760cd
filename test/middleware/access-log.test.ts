/** accessLog: a line for each request, of what the application gave. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type AccessLogOptions, accessLog } from "../../src/middleware/access-log.ts";
import type { LoggedRequest } from "../../src/middleware/logged-request.ts";
import { OptionError } from "../../src/middleware/option-error.ts";
import { staticFiles } from "../../src/static/static-files.ts";
import { createClient } from "../../src/testing/client.ts";
import type { Application, ResponseBody } from "../../src/wsgi/types.ts";
import { Folder } from "../static/served.ts";
import { serveApplication } from "../support/serve-application.ts";
import { answers, asking } from "./asking.ts";

/** What a log tells of each request: its format's line, and the request. */
class Kept {
  readonly lines: string[] = [];
  readonly requests: LoggedRequest[] = [];

  readonly to = (line: string, request: LoggedRequest): void => {
    this.lines.push(line);
    this.requests.push(request);
    this.#wake();
  };

  #wake: () => void = () => {};

  /** Resolves with the next line. */
  next(): Promise<LoggedRequest | undefined> {
    return new Promise((resolve) => {
      this.#wake = () => resolve(this.requests.at(-1));
    });
  }
}

/** Its body comes in parts. */
function lazily(items: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Application {
  return (_environ, startResponse) => {
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return items() as ResponseBody;
  };
}

async function logged(
  application: Application,
  options: AccessLogOptions = {},
  method = "GET",
): Promise<Kept> {
  const kept = new Kept();
  await asking(accessLog({ to: kept.to, ...options }), application)(method, "/a%20b?c=d", {
    headers: { "User-Agent": 'a "browser"', "X-Id": "7" },
  });
  return kept;
}

describe("accessLog", () => {
  test("writes gunicorn's line", async () => {
    const { lines } = await logged(answers("hello"));
    assert.match(
      lines.join("\n"),
      /^127\.0\.0\.1 - - \[[^\]]+\] "GET \/a%20b\?c=d HTTP\/1\.1" 200 5 "-" "a \\"browser\\""$/,
    );
  });

  test("writes by another format, with fields of request and answer and the environ", async () => {
    const format = "%(m)s %(s)s %(b)s %({x-id}i)s %({content-type}o)s %({path_info}e)s";
    const { lines } = await logged(answers("hello"), { format });
    assert.deepEqual(lines, ["GET 200 5 7 text/plain /a b"]);
  });

  test("writes JSON, or what a function makes of a request", async () => {
    const json = await logged(answers("hello"), { format: "json" });
    const line = JSON.parse(json.lines.join()) as Record<string, unknown>;
    assert.equal(line["http.response.status_code"], 200);
    assert.equal(line["url.path"], "/a%20b");
    const own = await logged(answers("hello"), { format: ({ path }) => `own ${path}` });
    assert.deepEqual(own.lines, ["own /a b"]);
  });

  test("writes lines with their ends to a stream", async () => {
    let text = "";
    const to = { write: (line: string) => (text += line) };
    await asking(accessLog({ to, format: "%(s)s" }), answers("x"))("GET", "/");
    assert.equal(text, "200\n");
  });

  test("leaves out requests that are to be skipped", async () => {
    const { lines } = await logged(answers("x"), { skip: ({ path }) => path === "/a b" });
    assert.deepEqual(lines, []);
  });

  for (const [name, items] of [
    ["generator", () => [Buffer.from("he"), Buffer.from("llo")].values()],
    [
      "asynchronous generator",
      async function* () {
        yield Buffer.from("he");
        yield Buffer.from("llo");
      },
    ],
  ] as const) {
    test(`counts the bytes of a ${name} when it has been closed`, async () => {
      const { requests } = await logged(lazily(items));
      assert.deepEqual(
        requests.map(({ status, bytesSent, isAborted }) => [status, bytesSent, isAborted]),
        [[200, 5, false]],
      );
    });
  }

  test("counts what is written", async () => {
    const kept = new Kept();
    const application: Application = async (_environ, startResponse) => {
      const write = startResponse("200 OK", [["Content-Type", "text/plain"]]);
      await write(Buffer.from("abc"));
      return [Buffer.from("de")];
    };
    await createClient(accessLog({ to: kept.to })(application)).get("/");
    assert.equal(kept.requests[0]?.bytesSent, 5);
  });

  test("counts no bytes of answers without content", async () => {
    const head = await logged(answers("hello"), {}, "HEAD");
    assert.equal(head.requests[0]?.bytesSent, 0);
    const kept = new Kept();
    const whole: Application = (_environ, startResponse) => {
      startResponse("304 Not Modified", [["ETag", '"x"']]);
      return [Buffer.from("too much")];
    };
    await using served = await serveApplication(accessLog({ to: kept.to })(whole));
    await served.ask("GET", "/");
    assert.deepEqual([kept.requests[0]?.status, kept.requests[0]?.bytesSent], [304, 0]);
  });

  for (const [name, application, status] of [
    ["throws", () => assert.fail("broken"), 500],
    ["rejects", () => Promise.reject(Object.assign(new Error("late"), { statusHint: 504 })), 504],
    [
      "fails before its first item",
      lazily(function* (): Generator<Uint8Array> {
        yield Buffer.alloc(0);
        throw new Error("broken");
      }),
      500,
    ],
  ] as const satisfies readonly (readonly [string, Application, number])[]) {
    test(`tells the status of an application that ${name}, and its error`, async () => {
      const kept = new Kept();
      await assert.rejects(createClient(accessLog({ to: kept.to })(application)).get("/"));
      assert.deepEqual(
        kept.requests.map((request) => [request.status, request.error instanceof Error]),
        [[status, true]],
      );
    });
  }

  test("keeps the status that a client has seen of an answer that breaks off", async () => {
    const kept = new Kept();
    const breaks = lazily(function* () {
      yield Buffer.from("a");
      throw new Error("broken");
    });
    await assert.rejects(createClient(accessLog({ to: kept.to })(breaks)).get("/"), /broken/);
    const [request] = kept.requests;
    assert.deepEqual([request?.status, request?.bytesSent], [200, 1]);
  });

  test("tells of a client that left, of what it was given, and of one that left before", async () => {
    const kept = new Kept();
    const endless = lazily(async function* () {
      for (;;) {
        yield Buffer.alloc(65_536);
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    await using served = await serveApplication(accessLog({ to: kept.to })(endless));
    const ended = kept.next();
    const connection = await served.connect();
    connection.request("GET", "/");
    await connection.head();
    connection[Symbol.dispose]();
    const request = await ended;
    assert.deepEqual([request?.status, request?.isAborted], [200, true]);
    assert.ok((request?.bytesSent ?? 0) > 0);

    const given = { "portico.client_disconnected": () => true };
    const early = new Kept();
    await asking(
      accessLog({ to: early.to }),
      lazily(() => [].values()),
      given,
    )("GET", "/");
    assert.deepEqual([early.requests[0]?.status, early.requests[0]?.isAborted], [499, true]);
  });

  test("counts the bytes of a file that is lent piece by piece", async () => {
    using folder = new Folder({ large: Buffer.alloc(600_000) });
    const kept = new Kept();
    const files = staticFiles(folder.path, { cache: { memory: 0, each: 0 } });
    await using served = await serveApplication(accessLog({ to: kept.to })(files));
    const ended = kept.next();
    assert.equal((await served.ask("GET", "/large")).body.length, 600_000);
    assert.equal((await ended)?.bytesSent, 600_000);
  });

  test("measures from the call to the end of the body", async () => {
    const { requests } = await logged(
      lazily(async function* () {
        const until = performance.now() + 5;
        while (performance.now() < until) await new Promise((resolve) => setImmediate(resolve));
        yield Buffer.from("x");
      }),
    );
    assert.ok((requests[0]?.durationMicroseconds ?? 0) >= 5000);
  });

  test("knows the request of an application that empties its environ", async () => {
    const kept = new Kept();
    const empties: Application = (environ, startResponse) => {
      for (const name of Object.keys(environ)) Reflect.deleteProperty(environ, name);
      startResponse("200 OK", [["Content-Type", "text/plain"]]);
      return [];
    };
    const format = "%(r)s %(s)s";
    await createClient(accessLog({ to: kept.to, format })(empties)).get("/path");
    assert.deepEqual(kept.lines, ["GET /path HTTP/1.1 200"]);
  });

  test("refuses a format that is none", () => {
    assert.throws(
      () => accessLog({ format: "%h" }),
      (error) => error instanceof OptionError && /write %\(h\)s/.test(error.message),
    );
  });
});
