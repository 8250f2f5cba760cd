/** Answers that are read while the application makes them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ClientDisconnected } from "../../src/gateway/response-writer.ts";
import { createClient } from "../../src/testing/client.ts";
import { serverSentEvents } from "../../src/testing/server-sent-events.ts";
import type { Application } from "../../src/wsgi/types.ts";

const TYPED: [string, string][] = [["Content-Type", "text/plain"]];

test("each piece is made when it is asked for", async () => {
  const made: number[] = [];
  const application: Application = (_environ, startResponse) => {
    startResponse("200 OK", TYPED);
    return (async function* () {
      for (const item of [1, 2, 3]) {
        made.push(item);
        yield Buffer.from(String(item));
      }
    })();
  };
  await using stream = await createClient(application).stream("GET", "/");
  assert.deepEqual([stream.status, stream.header("content-type")], [200, "text/plain"]);
  const pieces = stream[Symbol.asyncIterator]();
  assert.equal(String(Buffer.from((await pieces.next()).value)), "1");
  assert.ok(made.length <= 2);
  const rest: string[] = [];
  for await (const piece of stream) rest.push(Buffer.from(piece).toString());
  assert.deepEqual(rest, ["2", "3"]);
});

test("an application may use its bytes again when it has given them", async () => {
  const application: Application = (_environ, startResponse) => {
    startResponse("200 OK", TYPED);
    return (async function* () {
      const block = Buffer.alloc(1);
      for (const item of ["a", "b", "c"]) {
        block.write(item);
        yield block;
      }
    })();
  };
  const { text } = await createClient(application).get("/");
  assert.equal(text, "abc");
});

test("a client that leaves is gone for the application, whose body is closed", async () => {
  let closes = 0;
  let wasTold = false;
  const application: Application = (environ, startResponse) => {
    environ["portico.closed"]?.addEventListener("abort", () => {
      wasTold = true;
    });
    startResponse("200 OK", TYPED);
    return {
      async *[Symbol.asyncIterator]() {
        for (;;) yield Buffer.from("x");
      },
      close() {
        closes += 1;
      },
    };
  };
  const stream = await createClient(application).stream("GET", "/");
  await stream.close();
  assert.deepEqual([closes, wasTold], [1, true]);
});

test("write() waits for the reader, and fails when it has left", async () => {
  let failure: unknown;
  const application: Application = async (_environ, startResponse) => {
    const write = startResponse("200 OK", TYPED);
    try {
      for (;;) await write(Buffer.from("x"));
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  await using client = createClient(application);
  const stream = await client.stream("GET", "/");
  await stream.close();
  assert.ok(failure instanceof ClientDisconnected);
});

test("an error rejects the request before the answer begins, and its reader behind that", async () => {
  const early: Application = () => Promise.reject(new Error("early"));
  await assert.rejects(createClient(early).stream("GET", "/"), /early/);
  const late: Application = (_environ, startResponse) => {
    startResponse("200 OK", TYPED);
    return (async function* () {
      yield Buffer.from("x");
      throw new Error("late");
    })();
  };
  await using stream = await createClient(late).stream("GET", "/");
  const read = async (): Promise<void> => {
    for await (const piece of stream) assert.equal(piece.length, 1);
  };
  await assert.rejects(read(), /late/);
});

test("a signal ends a stream", async () => {
  const leaving = new AbortController();
  const application: Application = (environ, startResponse) => {
    startResponse("200 OK", TYPED);
    return (async function* () {
      yield Buffer.from("x");
      await new Promise((resolve) => environ["portico.closed"]?.addEventListener("abort", resolve));
      yield Buffer.from("y");
    })();
  };
  await using stream = await createClient(application).stream("GET", "/", {
    signal: leaving.signal,
  });
  const pieces = stream[Symbol.asyncIterator]();
  await pieces.next();
  const next = pieces.next();
  leaving.abort(new Error("left"));
  await assert.rejects(next, /left/);
});

describe("Server-Sent Events", () => {
  const STREAM =
    "\ufeff: comment\nevent: a\ndata: 1\ndata:2\nid: 7\n\nretry: 5\n\r\ndata\r\rdata: \u00e9\n\ndata: lost";
  const EVENTS = [
    { event: "a", data: "1\n2", id: "7" },
    { event: "message", data: "", id: "7" },
    { event: "message", data: "\u00e9", id: "7" },
  ];

  test("are the same however their bytes are cut", async () => {
    const bytes = Buffer.from(STREAM);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const pieces = (async function* () {
        yield bytes.subarray(0, cut);
        yield bytes.subarray(cut);
      })();
      const events: object[] = [];
      for await (const event of serverSentEvents(pieces)) events.push(event);
      assert.deepEqual(events, EVENTS, `cut at ${cut}`);
    }
  });
});
