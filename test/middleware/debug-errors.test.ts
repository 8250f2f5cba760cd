import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, test } from "node:test";
import { HttpError } from "../../src/messages/http-error.ts";
import { toApplication } from "../../src/messages/to-application.ts";
import { debugErrors } from "../../src/middleware/debug-errors.ts";
import { OptionError } from "../../src/middleware/option-error.ts";
import { createClient } from "../../src/testing/client.ts";
import type { Application, ResponseBody } from "../../src/wsgi/types.ts";
import { environOf, type TestResponse } from "../messages/answered.ts";
import { serveApplication } from "../support/serve-application.ts";

const BROWSER = { Accept: "text/html,*/*;q=0.8" };

const fails: Application = () => {
  throw new TypeError("no <script>alert(1)</script> here", { cause: new RangeError("too far") });
};

function ask(
  application: Application,
  headers: Readonly<Record<string, string>> = BROWSER,
  target = "/",
): Promise<TestResponse> {
  return createClient(debugErrors({ development: true })(application)).get(target, { headers });
}

describe("debugErrors()", () => {
  let stage: string | undefined;
  beforeEach(() => {
    stage = process.env.NODE_ENV;
    delete process.env.NODE_ENV;
  });
  afterEach(() => {
    if (stage === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = stage;
  });

  test("leaves applications as they are unless development is said", () => {
    assert.equal(debugErrors()(fails), fails);
    for (const other of ["production", "test", "Development", ""]) {
      process.env.NODE_ENV = other;
      assert.equal(debugErrors()(fails), fails);
    }
    process.env.NODE_ENV = "development";
    assert.notEqual(debugErrors()(fails), fails);
    assert.equal(debugErrors({ development: false })(fails), fails);
  });

  test("refuses to be switched on in production", () => {
    process.env.NODE_ENV = "production";
    assert.throws(() => debugErrors({ development: true }), OptionError);
  });

  test("shows a browser the error, its causes and the source of both", async () => {
    const answer = await ask(fails);
    assert.equal(answer.statusLine, "500 Internal Server Error");
    assert.equal(answer.header("Cache-Control"), "no-store");
    assert.match(answer.header("Content-Security-Policy") ?? "", /default-src 'none'/);
    assert.match(answer.text, /TypeError: no &lt;script&gt;/);
    assert.doesNotMatch(answer.text, /<script>/);
    assert.match(answer.text, /Caused by RangeError: too far/);
    // This very file, as it was written, not as it was compiled.
    assert.match(answer.text, /debug-errors\.test\.ts:\d+/);
    assert.match(answer.text, /<mark>[^<]*throw new TypeError\(/);
  });

  test("shows the request without its secrets", async () => {
    // Not to be found in the source, which is shown as well.
    const secret = randomUUID();
    const headers = { ...BROWSER, Authorization: secret, Cookie: `a=${secret}`, "X-Y": "<b>" };
    const answer = await ask(fails, headers, `/path?token=${secret}&page=2`);
    assert.doesNotMatch(answer.text, new RegExp(secret));
    assert.match(answer.text, /GET \/path/);
    assert.match(answer.text, /authorization<\/th><td>\[hidden\]/);
    assert.match(answer.text, /\?page<\/th><td>2/);
    assert.match(answer.text, /x-y<\/th><td>&lt;b&gt;/);
  });

  test("shows the stack as text to other clients", async () => {
    const answer = await ask(fails, {});
    assert.match(answer.header("Content-Type") ?? "", /^text\/plain/);
    assert.match(answer.text, /^TypeError: no <script>.*\n\nCaused by RangeError: too far/s);
  });

  test("shows what is no error, too", async () => {
    const thrower: Application = () => {
      throw "a string";
    };
    assert.match((await ask(thrower, {})).text, /^thrown: a string/);
    const bare: Application = () => {
      throw Object.create(null);
    };
    assert.match((await ask(bare, {})).text, /^thrown: \[Object: null prototype\]/);
  });

  const generator =
    (fail: () => void): Application =>
    (_environ, startResponse) => {
      startResponse("200 OK", []);
      return (function* () {
        fail();
        yield Buffer.from("a");
      })();
    };
  const asyncGenerator =
    (fail: () => void): Application =>
    (_environ, startResponse) => {
      startResponse("200 OK", []);
      return (async function* () {
        fail();
        yield Buffer.from("a");
      })();
    };
  const fail = (): never => {
    throw new Error("in the body");
  };
  const applications: Readonly<Record<string, Application>> = {
    "a promise": async () => fail(),
    "a generator": generator(fail),
    "an async generator": asyncGenerator(fail),
    "a handler": toApplication(() => fail()),
  };
  for (const [what, application] of Object.entries(applications)) {
    test(`shows what ${what} throws before its first byte`, async () => {
      assert.match((await ask(application, {})).text, /^Error: in the body/);
    });
  }

  test("passes on what fails behind the first byte, and closes the body", async () => {
    let isClosed = false;
    const late: Application = (_environ, startResponse): ResponseBody => {
      startResponse("200 OK", []);
      return {
        *[Symbol.iterator]() {
          yield Buffer.from("a");
          fail();
        },
        close: () => {
          isClosed = true;
        },
      };
    };
    await assert.rejects(ask(late), /in the body/);
    assert.ok(isClosed);
  });

  test("leaves errors alone that say their own status, and those that are answers", async () => {
    const refused = Object.assign(new Error("cut short"), { statusHint: 400 });
    await assert.rejects(
      ask(() => {
        throw refused;
      }),
      refused,
    );
    const missing = toApplication(() => {
      throw new HttpError(404);
    });
    assert.equal((await ask(missing)).status, 404);
    assert.equal((await ask(toApplication(() => "fine"))).text, "fine");
  });

  test("writes the error to the log", async () => {
    const environ = environOf({});
    let log = "";
    const write = (text: string): void => {
      log += text;
    };
    const errors = { ...environ["wsgi.errors"], write };
    await debugErrors({ development: true })(fails)(
      { ...environ, "wsgi.errors": errors },
      () => async () => {},
    );
    assert.match(log, /^TypeError: no <script>/);
  });

  test("answers through a real server", async () => {
    await using served = await serveApplication(debugErrors({ development: true })(fails));
    const answer = await served.ask("GET", "/");
    assert.match(answer.body.toString(), /^TypeError: no/);
    await served.log.said(/TypeError: no/);
  });
});
