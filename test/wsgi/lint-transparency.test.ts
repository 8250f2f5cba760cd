/** Lint finds nothing in what is correct, and changes nothing of what it is put around. */
import assert from "node:assert/strict";
import { Console } from "node:console";
import { PassThrough } from "node:stream";
import { describe, test } from "node:test";
import { ApplicationFailedError, WorkerLostError } from "../../src/engines/errors.ts";
import { makeLint } from "../../src/wsgi/lint.ts";
import type {
  Application,
  Environ,
  HeaderList,
  Middleware,
  ResponseBody,
  StartResponse,
  Write,
} from "../../src/wsgi/types.ts";
import { answer, environWith, inputOf, KeptFindings } from "../support/linted.ts";
import { correct } from "./lint-case.ts";

const PLAIN: HeaderList = [["Content-Type", "text/plain"]];

function respond(startResponse: StartResponse): Write {
  return startResponse("200 OK", [...PLAIN]);
}

const CORRECT: Readonly<Record<string, Application>> = {
  "an array": correct,
  "a promise of an array": async (...given) => correct(...given),
  *"a generator that starts late"(_environ: Environ, startResponse: StartResponse) {
    respond(startResponse);
    yield Buffer.from("");
    yield Buffer.from("item");
  },
  async *"an async generator"(_environ: Environ, startResponse: StartResponse) {
    respond(startResponse);
    yield Buffer.from("item");
  },
  "a body with a close()": (_environ, startResponse) => {
    respond(startResponse);
    return { [Symbol.iterator]: () => [Buffer.from("item")].values(), close: async () => {} };
  },
  "another response for an error": (_environ, startResponse) => {
    respond(startResponse);
    startResponse("500 Oh", [...PLAIN], new Error("oh"));
    return [Buffer.from("item")];
  },
  "all of the body, and not a byte more": async (environ, startResponse) => {
    const input = environ["wsgi.input"];
    const parts = [await input.readline(2), await input.read(), await input.read()];
    for await (const line of input) parts.push(line);
    startResponse("200 OK", [...PLAIN, ["Content-Length", "5"]]);
    return [Buffer.concat(parts)];
  },
  "nothing but a status": (_environ, startResponse) => {
    startResponse("304 Not Modified", [["Content-Length", "100"]]);
    return [];
  },
};

/** Passes everything on, in its own copy of the environ. */
const transparent: Middleware = (application) => async (environ, startResponse) => {
  const body = await application({ ...environ }, (status, headers, excInfo) => {
    const write = startResponse(status, headers, excInfo);
    return (data) => write(data);
  });
  return {
    async *[Symbol.asyncIterator]() {
      for await (const item of body) yield item;
    },
    close: () => body.close?.(),
  };
};

describe("lint finds nothing in", () => {
  for (const [name, application] of Object.entries(CORRECT)) {
    test(name, async () => {
      const kept = new KeptFindings();
      const linted = await answer(kept.lint(application));
      assert.deepEqual(kept.findings, []);
      assert.deepEqual(linted, await answer(application));
    });

    test(`${name}, behind a middleware with a lint on either side`, async () => {
      const kept = new KeptFindings();
      const linted = await answer(kept.lint(transparent(kept.lint(application))));
      assert.deepEqual(kept.findings, []);
      assert.deepEqual(linted, await answer(application));
    });
  }
});

test("an array stays that array", () => {
  const body = [Buffer.from("item")];
  const { lint } = new KeptFindings();
  const linted = lint((_environ, startResponse) => {
    respond(startResponse);
    return body;
  });
  assert.equal(
    linted(environWith(), () => async () => {}),
    body,
  );
});

test("an item passes before the next is made", async () => {
  const { lint } = new KeptFindings();
  const events: string[] = [];
  const linted = lint(async function* (_environ, startResponse) {
    respond(startResponse);
    for (const name of ["one", "two"]) {
      events.push(`makes ${name}`);
      yield Buffer.from(name);
    }
  });
  const body = await linted(environWith(), () => async () => {});
  for await (const item of body) events.push(`has ${item}`);
  assert.deepEqual(events, ["makes one", "has one", "makes two", "has two"]);
});

test("write() is passed on at once, and its promise is the server's own", async () => {
  const { lint } = new KeptFindings();
  const promise = Promise.resolve();
  const written: Uint8Array[] = [];
  let returned: Promise<void> | undefined;
  const linted = lint((_environ, startResponse) => {
    returned = respond(startResponse)(Buffer.from("data"));
    assert.deepEqual(written.map(String), ["data"]);
    return [];
  });
  await linted(environWith(), () => (data) => {
    written.push(data);
    return promise;
  });
  assert.equal(returned, promise);
});

test("close() is passed on once for each call, and waited for", async () => {
  const { lint } = new KeptFindings();
  const events: string[] = [];
  const linted = lint((_environ, startResponse) => {
    respond(startResponse);
    return {
      [Symbol.iterator]: () => [].values(),
      async close() {
        events.push("begins");
        await undefined;
        events.push("ends");
      },
    };
  });
  const body = await linted(environWith(), () => async () => {});
  await body.close?.();
  assert.deepEqual(events, ["begins", "ends"]);
});

test("a loop that ends early ends the application's generator", async () => {
  const { lint } = new KeptFindings();
  const events: string[] = [];
  const linted = lint(async function* (_environ, startResponse) {
    respond(startResponse);
    try {
      for (;;) yield Buffer.from("item");
    } finally {
      events.push("finally");
    }
  });
  for await (const _item of await linted(environWith(), () => async () => {})) break;
  assert.deepEqual(events, ["finally"]);
});

test("errors pass as they are, those that are no Error too", async () => {
  const { lint } = new KeptFindings();
  const { error } = await answer(
    lint(() => {
      throw "text";
    }),
  );
  assert.equal(error, "text");
});

test("the application has the environ that the server made", async () => {
  const { lint } = new KeptFindings();
  const environ = environWith();
  let seen: Environ | undefined;
  await answer(
    lint((given, startResponse): ResponseBody => {
      seen = given;
      respond(startResponse);
      return [];
    }),
    environ,
  );
  assert.equal(seen, environ);
});

test("a stream has all that it has without lint", async () => {
  class Uploads {
    #read = "";
    /** A method that no other object may be `this` of. */
    get(size: number): string {
      this.#read += "x".repeat(size);
      return this.#read;
    }
    limit = 5;
  }
  const input = Object.freeze(Object.assign(new Uploads(), inputOf("hello")));
  const errors = new PassThrough({ encoding: "latin1" });
  Object.assign(errors, { writelines() {}, flush() {} });
  const kept = new KeptFindings();
  const { error } = await answer(
    kept.lint(async (environ, startResponse) => {
      const given = environ["wsgi.input"] as unknown as Uploads & typeof input;
      assert.equal(given.get(2) + given.get(1), "xxxxx");
      assert.equal(given.limit, 5);
      assert.ok("limit" in given && given instanceof Uploads);
      assert.deepEqual(Object.keys(given), Object.keys(input));
      assert.throws(() => Object.assign(given, { limit: 6 }), TypeError);
      assert.equal(String(await { ...given }.read(5)), "hello");
      const log = new Console(environ["wsgi.errors"] as unknown as PassThrough);
      log.error("text");
      return correct(environ, startResponse);
    }),
    environWith({ "wsgi.input": input, "wsgi.errors": errors }),
  );
  assert.equal(error, undefined);
  assert.equal(errors.read(), "text\n");
  assert.deepEqual(kept.findings, []);
});

test("a method that the application replaces is its own, and may call the one that was there", async () => {
  const kept = new KeptFindings();
  const { error } = await answer(
    kept.lint(async (environ, startResponse) => {
      const input = environ["wsgi.input"];
      const { read } = input;
      let bytes = 0;
      input.read = async (...sizes) => {
        const data = await read(...sizes);
        bytes += data.length;
        return data;
      };
      await input.read(100);
      assert.equal(bytes, 5);
      return correct(environ, startResponse);
    }),
  );
  assert.equal(error, undefined);
  assert.deepEqual(kept.rules, ["input-past-end"]);
});

describe("lint itself throws nothing where", () => {
  const sinful: Application = (_environ, startResponse) => {
    startResponse("200 OK", [[`X-${performance.now()} `, "no token"]]);
    return [Buffer.from("item")];
  };
  const full = (): never => {
    throw new Error("no space left");
  };
  const ENVIRONS: Readonly<Record<string, Environ>> = {
    "wsgi.errors cannot be written to": environWith({ "wsgi.errors": {} }),
    "wsgi.errors is nothing": environWith({ "wsgi.errors": null }),
    "wsgi.errors throws": environWith({ "wsgi.errors": { write: full } }),
    "the method and the path are no text": environWith({
      REQUEST_METHOD: Symbol("GET"),
      SCRIPT_NAME: Object.create(null),
      PATH_INFO: null,
    }),
    "the environ is frozen": Object.freeze(environWith()),
    "variables of the environ are read-only": Object.defineProperties(environWith(), {
      "wsgi.input": { writable: false },
      "wsgi.errors": { writable: false },
      "portico.lint": { value: 1, writable: false },
    }),
    "the environ takes no variable": new Proxy(environWith(), { set: full }),
  };
  for (const [name, environ] of Object.entries(ENVIRONS)) {
    test(name, () => {
      makeLint()(sinful)(environ, () => async () => {});
    });
  }
});

test("what an engine throws for an application of its own is not held against the one around it", async () => {
  const kept = new KeptFindings();
  for (const failure of [new ApplicationFailedError("KeyError"), new WorkerLostError("it died")]) {
    const inner: Application = () => Promise.reject(failure);
    const { error } = await answer(kept.lint((...given) => inner(...given)));
    assert.equal(error, failure);
  }
  assert.deepEqual(kept.findings, []);
});

test("what a server throws at an application is not held against it", async () => {
  const kept = new KeptFindings();
  const gone = new Error("the client is gone");
  const input = { ...environWith()["wsgi.input"], read: () => Promise.reject(gone) };
  const { error } = await answer(
    kept.lint(async (environ, startResponse) => {
      await environ["wsgi.input"].read();
      return correct(environ, startResponse);
    }),
    environWith({ "wsgi.input": input }),
  );
  assert.equal(error, gone);
  assert.deepEqual(kept.findings, []);
});
