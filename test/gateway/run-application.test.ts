/** What the contract's suite cannot see from outside: an application that is careless in TypeScript. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LendingBody, type LentPiece } from "../../src/buffers/lent-pieces.ts";
import { ClientDisconnected, type ResponseWriter } from "../../src/gateway/response-writer.ts";
import { ApplicationError, runApplication } from "../../src/gateway/run-application.ts";
import { Later } from "../../src/wsgi/later.ts";
import type { Application, Environ, ResponseBody, Write } from "../../src/wsgi/types.ts";

/** Counts what comes back of three pieces. */
class Lending extends LendingBody {
  givenBack = 0;

  override async *lend(): AsyncGenerator<LentPiece> {
    for (const letter of "abc") {
      yield { bytes: Buffer.from(letter), giveBack: () => (this.givenBack += 1) };
    }
  }
}

/** Keeps what it is given. */
class KeptResponse implements ResponseWriter {
  status = "";
  body = "";
  hasEnded = false;
  takesMoreData = true;
  holdsBytes = false;
  /** What each write throws. */
  error: Error | undefined;

  respond(head: { readonly status: string }, chunks: readonly Uint8Array[]): undefined {
    this.writeHead(head);
    for (const chunk of chunks) this.write(chunk);
    this.end();
  }

  writeHead({ status }: { readonly status: string }): void {
    this.status = status;
  }

  write(chunk: Uint8Array): undefined {
    if (this.error !== undefined) throw this.error;
    this.body += Buffer.from(chunk).toString();
  }

  end(): void {
    this.hasEnded = true;
  }
}

async function run(application: Application, error?: Error): Promise<KeptResponse> {
  const writer = new KeptResponse();
  writer.error = error;
  // None of these applications looks at it.
  await runApplication(application, {} as Environ, writer);
  return writer;
}

describe("a write that nobody waits for", () => {
  test("fails the request when it fails", async () => {
    const careless: Application = (_environ, startResponse) => {
      void startResponse("200 OK", [])(Buffer.from("a"));
      return [];
    };
    await assert.rejects(run(careless, new ClientDisconnected()), ClientDisconnected);
  });

  test("is sent in its place when it does not", async () => {
    const careless: Application = (_environ, startResponse) => {
      const write = startResponse("200 OK", []);
      void write(Buffer.from("a"));
      void write(Buffer.from("b"));
      return [Buffer.from("c")];
    };
    const { body, hasEnded } = await run(careless);
    assert.equal(body, "abc");
    assert.equal(hasEnded, true);
  });

  test("fails alone when the response is over, for what is sent is sent", async () => {
    let write: Write | undefined;
    await run((_environ, startResponse) => {
      write = startResponse("200 OK", []);
      return [];
    });
    await assert.rejects(async () => write?.(Buffer.from("late")), ApplicationError);
  });
});

test("a list is answered at once, without a promise", () => {
  const writer = new KeptResponse();
  const application: Application = (_environ, startResponse) => {
    startResponse("200 OK", []);
    return [Buffer.from("a"), new Uint8Array([98])];
  };
  assert.equal(runApplication(application, {} as Environ, writer), undefined);
  assert.equal(writer.body, "ab");
  assert.equal(writer.hasEnded, true);
});

describe("an answer that comes later, and tells at once", () => {
  test("is sent in the call that settles it", () => {
    const writer = new KeptResponse();
    const later = new Later<ResponseBody>();
    const application: Application = (_environ, startResponse) => {
      startResponse("200 OK", []);
      return later;
    };
    const running = runApplication(application, {} as Environ, writer);
    assert.ok(running instanceof Later);
    let isDone = false;
    running.tell(() => {
      isDone = true;
    }, unexpected);
    later.resolve([Buffer.from("a")]);
    assert.deepEqual([writer.body, writer.hasEnded, isDone], ["a", true, true]);
  });

  test("fails the request where it fails, or what it brings cannot be sent", async () => {
    const refused = new Later<ResponseBody>();
    refused.reject(new ClientDisconnected());
    await assert.rejects(
      run(() => refused),
      ClientDisconnected,
    );
    const headless = new Later<ResponseBody>();
    headless.resolve([Buffer.from("a")]);
    await assert.rejects(
      run(() => headless),
      ApplicationError,
    );
    const wrong = new Later<ResponseBody>();
    // What plain JavaScript may give.
    wrong.resolve({} as ResponseBody);
    await assert.rejects(
      run(() => wrong),
      ApplicationError,
    );
  });

  test("may be a stream", async () => {
    const later = new Later<ResponseBody>();
    later.resolve(new Set([Buffer.from("a"), Buffer.from("b")]));
    const { body, hasEnded } = await run((_environ, startResponse) => {
      startResponse("200 OK", []);
      return later;
    });
    assert.deepEqual([body, hasEnded], ["ab", true]);
  });
});

test("a generator that is not read to its end runs its finally, and then close()", async () => {
  const events: string[] = [];
  const body = {
    async *[Symbol.asyncIterator]() {
      try {
        for (;;) yield Buffer.from("x");
      } finally {
        events.push("finally");
      }
    },
    close: () => {
      events.push("close");
    },
  };
  const application: Application = (_environ, startResponse) => {
    startResponse("200 OK", []);
    return body;
  };
  await assert.rejects(run(application, new ClientDisconnected()), ClientDisconnected);
  assert.deepEqual(events, ["finally", "close"]);
});

test("an error that is no Error passes through as it is", async () => {
  const application: Application = () => {
    throw "text";
  };
  await assert.rejects(run(application), (error) => error === "text");
});

describe("a body that lends its pieces", () => {
  const lend =
    (body: LendingBody): Application =>
    (_environ, startResponse) => {
      startResponse("200 OK", []);
      return body;
    };

  test("gets back those that the client has, and no others", async () => {
    for (const [holdsBytes, givenBack] of [
      [false, 3],
      [true, 0],
    ] as const) {
      const body = new Lending();
      const writer = new KeptResponse();
      writer.holdsBytes = holdsBytes;
      await runApplication(lend(body), {} as Environ, writer);
      assert.equal(writer.body, "abc");
      assert.equal(body.givenBack, givenBack);
    }
  });

  test("is like any other for who does not know of that", async () => {
    const body = new Lending();
    const around: Application = async function* (environ, startResponse) {
      yield* (await lend(body)(environ, startResponse)) as AsyncIterable<Uint8Array>;
    };
    assert.equal((await run(around)).body, "abc");
    assert.equal(body.givenBack, 0);
  });
});

function unexpected(error: unknown): never {
  throw error;
}
