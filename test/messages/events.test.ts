import assert from "node:assert/strict";
import { describe, mock, test } from "node:test";
import {
  EventError,
  type Events,
  type EventsOptions,
  events,
  formatEvent,
  type ServerSentEvent,
} from "../../src/messages/events.ts";
import { stream } from "../../src/messages/stream.ts";
import { toApplication } from "../../src/messages/to-application.ts";
import { createClient } from "../../src/testing/client.ts";
import { serveApplication } from "../support/serve-application.ts";
import { environOf } from "./answered.ts";

describe("an event", () => {
  const rows: readonly (readonly [event: ServerSentEvent, text: string])[] = [
    [{ data: "a" }, "data: a\n\n"],
    [{ data: "a\nb\r\nc\rd" }, "data: a\ndata: b\ndata: c\ndata: d\n\n"],
    [{ data: "" }, "data: \n\n"],
    [{ data: { a: 1 } }, 'data: {"a":1}\n\n'],
    [
      { event: "tick", id: "7", retry: 10, data: " x" },
      "event: tick\nid: 7\nretry: 10\ndata:  x\n\n",
    ],
    [{ comment: "one\ntwo" }, ": one\n: two\n\n"],
    [{ id: "", data: "reset" }, "id: \ndata: reset\n\n"],
  ];
  for (const [event, text] of rows) {
    test(`${JSON.stringify(event)} is written so that browsers read it`, () => {
      assert.equal(formatEvent(event), text);
    });
  }

  for (const event of [
    { event: "a\nb" },
    { id: "a\rb" },
    { id: "\0" },
    { retry: -1 },
    { retry: 1.5 },
  ]) {
    test(`${JSON.stringify(event)} is refused`, () => {
      assert.throws(() => formatEvent(event), EventError);
    });
  }
});

/** The pieces of an answer of events, as a server takes them. */
async function open(
  source: Events,
  options: EventsOptions = {},
  signal?: AbortSignal,
): Promise<AsyncIterator<Uint8Array> & { close: () => Promise<void> }> {
  const asked = signal === undefined ? {} : { signal };
  const application = toApplication(() => events(source, options));
  const body = await application(environOf(asked), () => async () => {});
  if (!(Symbol.asyncIterator in body)) throw new Error("events come one by one");
  const iterator = body[Symbol.asyncIterator]();
  return { next: () => iterator.next(), close: async () => body.close?.() };
}

async function textOf(next: Promise<IteratorResult<Uint8Array>>): Promise<string | undefined> {
  const { done, value } = await next;
  return done === true ? undefined : Buffer.from(value).toString();
}

/** A source that never gives anything, and tells when it was left. */
function silence(): { readonly source: Events; readonly isLeft: () => boolean } {
  let isLeft = false;
  const source: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      return: async () => {
        isLeft = true;
        return { done: true, value: undefined };
      },
    }),
  };
  return { source, isLeft: () => isLeft };
}

describe("an answer of events", () => {
  test("is what an EventSource reads", async () => {
    const client = createClient(toApplication(() => events(["a", { data: 1, id: "1" }])));
    const answer = await client.get("/");
    assert.equal(answer.header("Content-Type"), "text/event-stream");
    assert.equal(answer.header("Cache-Control"), "no-store");
    assert.equal(answer.text, ":\n\ndata: a\n\nid: 1\ndata: 1\n\n");
  });

  test("begins at once", async () => {
    const stopped = await open(silence().source, { retry: 5 });
    assert.equal(await textOf(stopped.next()), "retry: 5\n\n");
    await stopped.close();
  });

  test("ends while it waits when the client leaves", async () => {
    const gone = new AbortController();
    const { source } = silence();
    const answer = await open(source, {}, gone.signal);
    await answer.next();
    const next = answer.next();
    gone.abort();
    assert.equal(await textOf(next), undefined);
  });

  test("tells its source that it was left", async () => {
    const { source, isLeft } = silence();
    const answer = await open(source);
    await answer.next();
    void answer.next();
    await answer.close();
    await answer.close();
    assert.ok(isLeft());
    let isCleanedUp = false;
    const plain = await open(
      (async function* () {
        try {
          yield "a";
          yield "b";
        } finally {
          isCleanedUp = true;
        }
      })(),
    );
    await plain.next();
    assert.equal(await textOf(plain.next()), "data: a\n\n");
    await plain.close();
    assert.ok(isCleanedUp);
  });

  test("fills silences, and loses nothing behind them", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      let give = (_: string): void => {};
      const source = (async function* () {
        yield await new Promise<string>((resolve) => {
          give = resolve;
        });
      })();
      const answer = await open(source, { heartbeat: 100 });
      await answer.next();
      for (let beat = 0; beat < 2; beat += 1) {
        const next = answer.next();
        await new Promise(setImmediate);
        mock.timers.tick(100);
        assert.equal(await textOf(next), ":\n\n");
      }
      give("late");
      assert.equal(await textOf(answer.next()), "data: late\n\n");
      assert.equal(await textOf(answer.next()), undefined);
    } finally {
      mock.timers.reset();
    }
  });

  test("fails when its source does", async () => {
    const broken = (async function* (): AsyncGenerator<string> {
      yield "a";
      throw new Error("no more");
    })();
    const answer = await open(broken);
    await answer.next();
    await answer.next();
    await assert.rejects(answer.next(), /no more/);
  });
});

describe("a stream", () => {
  test("sends text and bytes as they come", async () => {
    const pieces = ["a", Buffer.from("b"), "é"];
    const answer = await createClient(toApplication(() => stream(pieces))).get("/");
    assert.equal(answer.text, "abé");
    assert.equal(answer.header("Content-Type"), "text/plain; charset=utf-8");
    assert.equal(answer.header("Content-Length"), undefined);
  });

  test("of a real server ends when its client leaves", async () => {
    let left = (): void => {};
    const isLeft = new Promise<void>((resolve) => {
      left = resolve;
    });
    const application = toApplication((request) => {
      request.signal?.addEventListener("abort", () => left());
      return events(silence().source);
    });
    await using served = await serveApplication(application);
    const stop = new AbortController();
    const response = await fetch(served.server.url, { signal: stop.signal });
    const reader = response.body?.getReader();
    assert.equal(Buffer.from((await reader?.read())?.value ?? []).toString(), ":\n\n");
    stop.abort();
    await isLeft;
  });
});
