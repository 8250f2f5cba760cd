/** timeout: an answer in the place of one that does not begin in time. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { OptionError } from "../../src/middleware/option-error.ts";
import { timeout } from "../../src/middleware/timeout.ts";
import { createClient } from "../../src/testing/client.ts";
import type { Application, Environ, StartResponse } from "../../src/wsgi/types.ts";
import { environWith } from "../support/linted.ts";
import { serveApplication } from "../support/serve-application.ts";
import { answers, asking, keptErrors } from "./asking.ts";

/** Long enough for an application that does nothing else, on a busy machine. */
const AMPLE = 60;
const SHORT = 0.02;

function start(startResponse: StartResponse): ReturnType<StartResponse> {
  return startResponse("200 OK", [["Content-Type", "text/plain"]]);
}

/** Never settles, but keeps what it was called with. */
class Stuck {
  environ: Environ | undefined;
  startResponse: StartResponse | undefined;
  #wasCalled = (): void => {};
  readonly called = new Promise<void>((resolve) => {
    this.#wasCalled = resolve;
  });
  settle: (body: Iterable<Uint8Array>) => void = () => {};
  fail: (error: Error) => void = () => {};

  readonly application: Application = (environ, startResponse) => {
    this.environ = environ;
    this.startResponse = startResponse;
    this.#wasCalled();
    return new Promise((resolve, reject) => {
      this.settle = resolve;
      this.fail = reject;
    });
  };
}

describe("timeout leaves alone", () => {
  test("what is there in time, as it is", async () => {
    const limited = timeout({ seconds: AMPLE });
    assert.equal((await asking(limited, answers("whole"))("GET", "/")).text, "whole");
    const lazy: Application = async (_environ, startResponse) => {
      start(startResponse);
      return (async function* () {
        yield Buffer.from("a");
        yield Buffer.from("b");
      })();
    };
    assert.equal((await asking(limited, lazy)("GET", "/")).text, "ab");
  });

  test("an answer that has begun, however long it takes", async () => {
    const application: Application = (_environ, startResponse) => {
      start(startResponse);
      return (async function* () {
        yield Buffer.from("a");
        const until = performance.now() + SHORT * 3000;
        while (performance.now() < until) await new Promise((resolve) => setImmediate(resolve));
        yield Buffer.from("b");
      })();
    };
    assert.equal((await asking(timeout({ seconds: SHORT }), application)("GET", "/")).text, "ab");
  });

  test("the application's own errors", async () => {
    const ask = asking(timeout({ seconds: AMPLE }), () => Promise.reject(new Error("mine")));
    await assert.rejects(ask("GET", "/"), /mine/);
  });

  test("a client's leaving: the application is told", async () => {
    const client = new AbortController();
    const stuck = new Stuck();
    const given = { "portico.closed": client.signal };
    const asked = asking(timeout({ seconds: AMPLE }), stuck.application, given)("GET", "/");
    await stuck.called;
    client.abort(new Error("gone"));
    assert.equal(stuck.environ?.["portico.closed"]?.reason, client.signal.reason);
    stuck.fail(new Error("gone"));
    await assert.rejects(asked, /gone/);
  });
});

describe("an application that takes too long", () => {
  for (const [status, options] of [
    [504, { seconds: SHORT }],
    [503, { seconds: SHORT, status: 503 }],
  ] as const) {
    test(`is answered for: ${status}`, async () => {
      const kept = keptErrors();
      const ask = asking(timeout(options), new Stuck().application, kept.given);
      const response = await ask("GET", "/slow");
      assert.equal(response.status, status);
      assert.equal(
        kept.text,
        `timeout: GET /slow: the application took longer than 0.02 s; it is answered ${status}\n`,
      );
    });
  }

  test("is told by its signal", async () => {
    const stuck = new Stuck();
    await asking(timeout({ seconds: SHORT }), stuck.application)("GET", "/");
    const signal = stuck.environ?.["portico.closed"];
    assert.ok(signal?.aborted);
    assert.equal(signal.reason.name, "TimeoutError");
  });

  test("is answered for where it fails because it was told", async () => {
    const obeys: Application = ({ "portico.closed": closed }) =>
      new Promise((_resolve, reject) => {
        closed?.addEventListener("abort", () => reject(closed.reason));
      });
    const limited = timeout({ seconds: SHORT })(obeys);
    assert.equal((await createClient(limited).get("/")).status, 504);
  });

  test("is answered for though it has started an answer, and that takes none of its fields", async () => {
    const application: Application = (_environ, startResponse) => {
      startResponse("200 OK", [["X-Mine", "yes"]]);
      return new Promise(() => {});
    };
    const response = await createClient(timeout({ seconds: SHORT })(application)).get("/");
    assert.equal(response.status, 504);
    assert.equal(response.header("X-Mine"), undefined);
  });

  test("can start and write nothing later, and a body that it returns is closed", async () => {
    const stuck = new Stuck();
    await createClient(timeout({ seconds: SHORT })(stuck.application)).get("/");
    assert.throws(() => stuck.startResponse?.("200 OK", []), { name: "TimeoutError" });
    let closed = 0;
    const body = Object.assign([Buffer.from("late")], { close: () => (closed += 1) });
    stuck.settle(body);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(closed, 1);
  });

  test("can write nothing later through what it has", async () => {
    let write: ReturnType<StartResponse> | undefined;
    const application: Application = (_environ, startResponse) => {
      write = start(startResponse);
      return new Promise(() => {});
    };
    await createClient(timeout({ seconds: SHORT })(application)).get("/");
    assert.ok(write !== undefined);
    await assert.rejects(write(Buffer.from("late")), { name: "TimeoutError" });
  });

  test("is answered for where its body does not begin, and that is closed", async () => {
    let closed = 0;
    const application: Application = (_environ, startResponse) => {
      start(startResponse);
      const items = (async function* () {
        yield Buffer.alloc(0);
        await new Promise(() => {});
      })();
      return {
        [Symbol.asyncIterator]: () => items,
        close: () => {
          closed += 1;
        },
      };
    };
    await using served = await serveApplication(timeout({ seconds: SHORT })(application));
    for (const [method, body] of [
      ["GET", "504 Gateway Timeout\n"],
      ["HEAD", ""],
    ] as const) {
      const answer = await served.ask(method, "/");
      assert.equal(answer.status, 504);
      assert.equal(answer.body.toString(), body);
    }
    assert.equal(closed, 2);
  });

  test("is cut off where that is wanted of an answer that has begun", async () => {
    const application: Application = (_environ, startResponse) => {
      start(startResponse);
      return (async function* () {
        yield Buffer.from("a");
        await new Promise(() => {});
      })();
    };
    const cuts = timeout({ seconds: SHORT, cutsStreams: true });
    await using served = await serveApplication(cuts(application));
    using connection = await served.connect();
    connection.request("GET", "/");
    const answer = await connection.answer();
    assert.deepEqual([answer.status, answer.isWhole], [200, false]);
    await served.log.said(/took longer than 0\.02 s; its answer is cut off/);
  });
});

test("a connection that lives on is told of no request that has ended", async () => {
  const client = new AbortController();
  const given = { "portico.closed": client.signal };
  let listening = 0;
  const { addEventListener, removeEventListener } = client.signal;
  Object.assign(client.signal, {
    addEventListener: (...all: Parameters<typeof addEventListener>) => {
      listening += 1;
      addEventListener.apply(client.signal, all);
    },
    removeEventListener: (...all: Parameters<typeof removeEventListener>) => {
      listening -= 1;
      removeEventListener.apply(client.signal, all);
    },
  });
  const bodies: readonly Application[] = [
    answers("whole"),
    async (_environ, startResponse) => {
      start(startResponse);
      return (function* () {
        yield Buffer.from("x");
      })();
    },
    async (_environ, startResponse) => {
      start(startResponse);
      return (async function* () {
        yield Buffer.from("x");
      })();
    },
    () => Promise.reject(new Error("expected")),
    () => new Promise(() => {}),
  ];
  for (const application of bodies) {
    const asked = asking(timeout({ seconds: SHORT }), application, given)("GET", "/");
    await asked.catch((error) => assert.match(String(error), /expected/));
    assert.equal(listening, 0);
  }
});

for (const seconds of [0, -1, Number.NaN, 1e10]) {
  test(`${seconds} is no time`, () => {
    assert.throws(() => timeout({ seconds }), OptionError);
  });
}

test("an application that has taken its connection over is told of the end of that", async () => {
  const client = new AbortController();
  let seen: AbortSignal | undefined;
  const application: Application = (environ, startResponse) => {
    seen = environ["portico.closed"];
    startResponse("101 Switching Protocols", []);
    return [];
  };
  // No server takes this status for one of its own answers.
  const accept: StartResponse = () => () => Promise.resolve();
  const environ = environWith({ "portico.closed": client.signal });
  await timeout({ seconds: AMPLE })(application)(environ, accept);
  client.abort();
  assert.equal(seen?.aborted, true);
});
