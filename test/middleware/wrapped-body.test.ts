/** Bodies on their way through a middleware: looked at, replaced, closed once. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LendingBody, type LentPiece } from "../../src/buffers/lent-pieces.ts";
import {
  type BodyWatch,
  inPlaceOf,
  isWholeBody,
  madeOf,
  type Returned,
  watchedBody,
  whenReturned,
} from "../../src/middleware/wrapped-body.ts";
import { Later } from "../../src/wsgi/later.ts";
import type { ResponseBody } from "../../src/wsgi/types.ts";

const AB = [Buffer.from("a"), Buffer.from("b")];

function* items(): Generator<Uint8Array> {
  yield* AB;
}

async function* asyncItems(): AsyncGenerator<Uint8Array> {
  yield* AB;
}

class Lent extends LendingBody {
  given = 0;
  readonly isClosed = { times: 0 };

  override async *lend(): AsyncGenerator<LentPiece> {
    for (const bytes of AB) yield { bytes, giveBack: () => (this.given += 1) };
  }

  close(): void {
    this.isClosed.times += 1;
  }
}

/** Keeps what a watch is told. */
function told(): { readonly words: string[]; readonly watch: BodyWatch } {
  const words: string[] = [];
  const watch = {
    onItem: (item: Uint8Array) => words.push(Buffer.from(item).toString()),
    onEnd: () => words.push("end"),
    onFailure: (error: unknown) => words.push(String(error)),
    onClosed: () => words.push("closed"),
  };
  return { words, watch };
}

async function read(body: ResponseBody): Promise<string> {
  let text = "";
  for await (const item of body) text += Buffer.from(item).toString();
  await body.close?.();
  return text;
}

describe("watchedBody", () => {
  for (const [name, body] of [
    ["a list with close", () => Object.assign(AB.slice(), { close() {} })],
    ["a generator", items],
    ["an asynchronous generator", asyncItems],
    ["a body that lends", () => new Lent()],
  ] as const) {
    test(`gives the items of ${name}, and tells of each`, async () => {
      const { words, watch } = told();
      assert.equal(await read(watchedBody(body(), watch)), "ab");
      assert.deepEqual(words, ["a", "b", "end", "closed"]);
    });
  }

  test("is iterable in the way in which the body is", () => {
    assert.ok(Symbol.iterator in watchedBody(items(), {}));
    assert.ok(!(Symbol.iterator in watchedBody(asyncItems(), {})));
  });

  test("lends where the body lends, and passes back what is given back", async () => {
    const lent = new Lent();
    const watched = watchedBody(lent, {});
    assert.ok(watched instanceof LendingBody);
    for await (const { giveBack } of watched.lend()) giveBack();
    assert.equal(lent.given, 2);
  });

  test("tells of a failure in the place of an item, and passes it on", async () => {
    const { words, watch } = told();
    const failing = (function* (): Generator<Uint8Array> {
      yield Buffer.from("a");
      throw new Error("no more");
    })();
    await assert.rejects(read(watchedBody(failing, watch)), /no more/);
    assert.deepEqual(words, ["a", "Error: no more"]);
  });

  test("tells of no end where the server needs no more", () => {
    const { words, watch } = told();
    const watched = watchedBody(items(), watch);
    assert.ok(Symbol.iterator in watched);
    for (const _ of watched) break;
    void watched.close?.();
    assert.deepEqual(words, ["a", "closed"]);
  });

  test("closes the body once, however often it is closed", async () => {
    const lent = new Lent();
    const { words, watch } = told();
    const watched = watchedBody(lent, watch);
    await watched.close?.();
    await watched.close?.();
    assert.equal(lent.isClosed.times, 1);
    assert.deepEqual(words, ["closed"]);
  });

  test("has been closed when a close that takes its time has ended", async () => {
    const { words, watch } = told();
    let end = (): void => {};
    const slow = {
      ...AB,
      [Symbol.iterator]: items,
      close: () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    };
    const closing = watchedBody(slow, watch).close?.();
    assert.deepEqual(words, []);
    end();
    await closing;
    assert.deepEqual(words, ["closed"]);
  });

  test("tells that a body was closed whose close failed, and passes that on", () => {
    const { words, watch } = told();
    const failing = {
      [Symbol.iterator]: items,
      close: () => {
        throw new Error("cannot");
      },
    };
    assert.throws(() => watchedBody(failing, watch).close?.(), /cannot/);
    assert.deepEqual(words, ["closed"]);
  });

  test("leaves what is no body for the server to refuse", () => {
    const { words, watch } = told();
    // Of an application that is no TypeScript.
    const nothing = null as unknown as ResponseBody;
    assert.equal(watchedBody(nothing, watch), null);
    assert.deepEqual(words, ["closed"]);
  });
});

test("items made of others close these", async () => {
  const lent = new Lent();
  const { words, watch } = told();
  assert.equal(await read(madeOf(lent, items(), watch.onClosed)), "ab");
  assert.equal(lent.isClosed.times, 1);
  assert.deepEqual(words, ["closed"]);
});

test("what takes the place of a body comes when that is closed", async () => {
  const lent = new Lent();
  assert.equal(
    inPlaceOf(lent, () => AB),
    AB,
  );
  assert.equal(lent.isClosed.times, 1);
  const slow = { [Symbol.iterator]: items, close: () => Promise.resolve() };
  assert.equal(await inPlaceOf(slow, () => AB), AB);
});

test("a whole body is a list without close", () => {
  assert.ok(isWholeBody(AB));
  assert.ok(!isWholeBody(Object.assign(AB.slice(), { close() {} })));
  assert.ok(!isWholeBody(items()));
});

describe("whenReturned", () => {
  const use = (body: ResponseBody): ResponseBody => (body === AB ? [AB[1] ?? Buffer.alloc(0)] : []);

  test("passes on at once what is there", () => {
    assert.deepEqual(
      whenReturned(() => AB, use),
      [AB[1]],
    );
  });

  test("waits for a promise", async () => {
    assert.deepEqual(await whenReturned(() => Promise.resolve(AB), use), [AB[1]]);
  });

  test("tells at once what a Later is told", () => {
    const later = new Later<ResponseBody>();
    const passedOn = whenReturned(() => later, use);
    assert.ok(passedOn instanceof Later);
    let found: unknown;
    passedOn.tell(
      (body) => {
        found = body;
      },
      (error) => assert.fail(String(error)),
    );
    later.resolve(AB);
    assert.deepEqual(found, [AB[1]]);
  });

  for (const [name, call] of [
    [
      "throws",
      (): Returned => {
        throw new Error("broken");
      },
    ],
    ["rejects with", () => Promise.reject(new Error("broken"))],
    [
      "tells late",
      () => {
        const later = new Later<ResponseBody>();
        later.reject(new Error("broken"));
        return later;
      },
    ],
  ] as const) {
    test(`gives what the application ${name} to who recovers, or passes it on`, async () => {
      const recovered = await whenReturned(call, use, (error) => [Buffer.from(String(error))]);
      assert.equal(String((recovered as Uint8Array[])[0]), "Error: broken");
      await assert.rejects(async () => whenReturned(call, use), /broken/);
    });
  }

  test("does not recover from what is made of the body", async () => {
    const later = new Later<ResponseBody>();
    later.resolve(AB);
    const fails = (): never => {
      throw new Error("of the middleware");
    };
    for (const call of [() => AB, () => Promise.resolve(AB), () => later]) {
      await assert.rejects(async () => whenReturned(call, fails, () => AB), /of the middleware/);
    }
  });
});
