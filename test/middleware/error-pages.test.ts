/** errorPages: a site's own pages for answers that are errors. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { ApplicationFailedError, OverloadedError } from "../../src/engines/errors.ts";
import { HttpError } from "../../src/messages/http-error.ts";
import { json } from "../../src/messages/http-response.ts";
import { type ErrorPages, errorPages } from "../../src/middleware/error-pages.ts";
import { OptionError } from "../../src/middleware/option-error.ts";
import { createClient } from "../../src/testing/client.ts";
import type { Application, HeaderList } from "../../src/wsgi/types.ts";
import { Folder } from "../static/served.ts";
import { answers, asking, keptErrors, values } from "./asking.ts";

const PAGE = "<h1>Nothing here</h1>";
const PAGES: ErrorPages = { 404: PAGE, "5xx": "<h1>Our fault</h1>" };
const PLAIN: HeaderList = [["Content-Type", "text/plain"]];

const missing = (headers: HeaderList = PLAIN): Application =>
  answers("nothing", headers, "404 Not Found");

const fails = (error: Error): Application => {
  return () => {
    throw error;
  };
};

describe("errorPages", () => {
  test("takes the place of an answer with such a status, and no other", async () => {
    const response = await asking(errorPages(PAGES), missing())("GET", "/");
    assert.equal(response.status, 404);
    assert.equal(response.text, PAGE);
    assert.equal(response.header("Content-Type"), "text/html; charset=utf-8");
    assert.equal(response.header("Content-Length"), String(PAGE.length));
    for (const status of ["200 OK", "403 Forbidden"]) {
      const other = answers("own", PLAIN, status);
      assert.equal((await asking(errorPages(PAGES), other)("GET", "/")).text, "own");
    }
  });

  test("keeps the fields that say nothing of the body", async () => {
    const headers: HeaderList = [
      ...PLAIN,
      ["Content-Length", "7"],
      ["ETag", '"x"'],
      ["Content-Language", "en"],
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2"],
      ["Content-Security-Policy", "default-src 'none'"],
    ];
    const response = await asking(errorPages(PAGES), missing(headers))("GET", "/");
    assert.deepEqual(values(response, "set-cookie"), ["a=1", "b=2"]);
    assert.deepEqual(values(response, "content-length"), [String(PAGE.length)]);
    assert.equal(response.header("ETag"), undefined);
    assert.equal(response.header("Content-Language"), undefined);
    assert.equal(response.header("Content-Security-Policy"), "default-src 'none'");
  });

  test("answers HEAD as GET, without the page", async () => {
    const response = await asking(errorPages(PAGES), missing())("HEAD", "/");
    assert.deepEqual([response.status, response.text], [404, ""]);
    assert.equal(response.header("Content-Length"), String(PAGE.length));
  });

  for (const type of ["application/json", "application/problem+json", "image/png"]) {
    test(`leaves ${type} alone`, async () => {
      const application = missing([["Content-Type", type]]);
      assert.equal((await asking(errorPages(PAGES), application)("GET", "/")).text, "nothing");
    });
  }

  for (const [accept, text] of [
    ["text/html,application/xhtml+xml,*/*;q=0.8", PAGE],
    ["*/*", PAGE],
    ["application/json", "nothing"],
    ["application/json, */*;q=0.5", "nothing"],
    ["image/avif", "nothing"],
  ] as const) {
    test(`gives a client that accepts ${accept} ${text === PAGE ? "the page" : "no HTML"}`, async () => {
      const headers = { Accept: accept };
      assert.equal(
        (await asking(errorPages(PAGES), missing())("GET", "/", { headers })).text,
        text,
      );
    });
  }

  test("varies by what clients accept, and by what the application does", async () => {
    const ask = asking(errorPages(PAGES), missing([...PLAIN, ["Vary", "Cookie"]]));
    for (const accept of ["text/html", "application/json"]) {
      const response = await ask("GET", "/", { headers: { Accept: accept } });
      assert.deepEqual(values(response, "vary"), ["Cookie, Accept"]);
    }
    const found = await asking(errorPages(PAGES), answers("x"))("GET", "/");
    assert.deepEqual(values(found, "vary"), []);
  });

  test("reads a page from a file, when it is made", async () => {
    using folder = new Folder({ "404.html": "<h1>filed</h1>" });
    const url = pathToFileURL(`${folder.path}/404.html`);
    const pages = errorPages({ "4xx": url });
    assert.equal((await asking(pages, missing())("GET", "/")).text, "<h1>filed</h1>");
    const none = pathToFileURL(`${folder.path}/none.html`);
    assert.throws(
      () => errorPages({ 404: none }),
      (error) => error instanceof OptionError && error.option === "404",
    );
  });

  test("asks a function, which may wait, answer by another status, or leave the answer", async () => {
    const pages = errorPages({
      404: async ({ status, request }) => json({ status, path: request.path }),
      410: () => json({}, { status: 404 }),
      403: () => undefined,
    });
    const response = await asking(pages, missing())("GET", "/a");
    assert.deepEqual([response.status, response.json()], [404, { status: 404, path: "/a" }]);
    const gone = await asking(pages, answers("gone", PLAIN, "410 Gone"))("GET", "/");
    assert.equal(gone.status, 404);
    const left = await asking(pages, answers("no", PLAIN, "403 Forbidden"))("GET", "/");
    assert.deepEqual([left.status, left.text], [403, "no"]);
  });

  test("closes the body that it takes the place of, also where a page fails", async () => {
    let closed = 0;
    const application: Application = (_environ, startResponse) => {
      startResponse("404 Not Found", PLAIN.slice());
      return Object.assign([Buffer.from("x")], {
        close: () => {
          closed += 1;
        },
      });
    };
    await asking(errorPages(PAGES), application)("GET", "/");
    assert.equal(closed, 1);
    for (const page of [() => assert.fail("no page"), () => Promise.reject(new Error("no page"))]) {
      await assert.rejects(
        createClient(errorPages({ 404: page })(application)).get("/"),
        /no page/,
      );
    }
    assert.equal(closed, 3);
  });

  test("leaves what has been written", async () => {
    const application: Application = async (_environ, startResponse) => {
      const write = startResponse("404 Not Found", PLAIN.slice());
      await write(Buffer.from("own "));
      return [Buffer.from("words")];
    };
    const response = await createClient(errorPages(PAGES)(application)).get("/");
    assert.equal(response.text, "own words");
  });

  test("takes the place also of what starts while it is read", async () => {
    const application: Application = (_environ, startResponse) =>
      (function* () {
        startResponse("404 Not Found", PLAIN.slice());
        yield Buffer.from("late");
      })();
    assert.equal((await asking(errorPages(PAGES), application)("GET", "/")).text, PAGE);
  });

  test("takes back a first head as the application does", async () => {
    const application: Application = (_environ, startResponse) => {
      startResponse("200 OK", PLAIN.slice());
      startResponse("500 Broken", PLAIN.slice(), new Error("broken"));
      return [Buffer.from("own")];
    };
    const response = await asking(errorPages(PAGES), application)("GET", "/");
    assert.deepEqual([response.status, response.text], [500, "<h1>Our fault</h1>"]);
  });

  test("lets the server refuse a second head without exc_info", async () => {
    const application: Application = (_environ, startResponse) => {
      startResponse("404 Not Found", PLAIN.slice());
      startResponse("404 Not Found", PLAIN.slice());
      return [];
    };
    const pages = errorPages({ 404: PAGE });
    await assert.rejects(createClient(pages(application)).get("/"), /called twice/);
  });
});

describe("errorPages, where the application throws,", () => {
  test("answers with the page, and tells the log", async () => {
    const kept = keptErrors();
    const application = errorPages(PAGES)(fails(new Error("broken")));
    const response = await createClient((environ, startResponse) =>
      application(Object.assign(environ, kept.given), startResponse),
    ).get("/");
    assert.deepEqual([response.status, response.text], [500, "<h1>Our fault</h1>"]);
    assert.match(kept.text, /^Error: broken\n +at /);
  });

  test("answers by the status of an error that has one, and says when to come back", async () => {
    const response = await createClient(
      errorPages(PAGES)(fails(new OverloadedError("too many", 7))),
    ).get("/");
    assert.equal(response.status, 503);
    assert.equal(response.header("Retry-After"), "7");
  });

  test("tells the log of nothing that it knows, and of no fault of the client", async () => {
    const kept = keptErrors();
    for (const error of [new ApplicationFailedError("a traceback"), new HttpError(404)]) {
      const application = errorPages(PAGES)(fails(error));
      await createClient((environ, startResponse) =>
        application(Object.assign(environ, kept.given), startResponse),
      ).get("/");
    }
    assert.equal(kept.text, "");
  });

  test("shows a function the error", async () => {
    const pages = errorPages({ 500: ({ error }) => `<p>${String(error)}</p>` });
    const response = await createClient(pages(fails(new Error("broken")))).get("/");
    assert.equal(response.text, "<p>Error: broken</p>");
  });

  test("takes back an answer that had started", async () => {
    const application: Application = (_environ, startResponse) => {
      startResponse("200 OK", [["X-Mine", "yes"]]);
      throw new Error("broken");
    };
    const response = await createClient(errorPages(PAGES)(application)).get("/");
    assert.equal(response.status, 500);
    assert.equal(response.header("X-Mine"), undefined);
  });

  test("passes the error on where there is no page, or nobody to read it", async () => {
    const broken = fails(new Error("broken"));
    await assert.rejects(createClient(errorPages({ 404: PAGE })(broken)).get("/"), /broken/);
    const left: Application = (environ, startResponse) =>
      errorPages(PAGES)(broken)(
        { ...environ, "portico.client_disconnected": () => true },
        startResponse,
      );
    await assert.rejects(createClient(left).get("/"), /broken/);
  });
});

for (const key of ["200", "40", "6xx", "default"]) {
  test(`${key} is no status of an error`, () => {
    assert.throws(() => errorPages({ [key]: PAGE }), OptionError);
  });
}
