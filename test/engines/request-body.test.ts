import assert from "node:assert/strict";
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { buffers, DEFAULT_BUFFER_LIMITS, setBufferLimits } from "../../src/buffers/buffers.ts";
import { bodyInput, mayHaveBody, readRequestBody } from "../../src/engines/cpython/request-body.ts";
import { OverloadedError } from "../../src/engines/errors.ts";
import { BodyStream } from "../../src/gateway/input-stream.ts";
import type { Environ, InputStream } from "../../src/wsgi/types.ts";
import { ownTemporaryDirectory, spooledIn } from "../support/spools.ts";
import { until } from "../support/until.ts";

const LIMIT = 1_048_576;

const directory = ownTemporaryDirectory();

/** Gives `size` bytes in pieces, then fails if it is told to. */
class FakeInput implements InputStream {
  #left: number;
  readonly #error: Error | undefined;

  constructor(size: number, error?: Error) {
    this.#left = size;
    this.#error = error;
  }

  async read(size = this.#left): Promise<Uint8Array> {
    if (this.#left === 0 && this.#error !== undefined) throw this.#error;
    const taken = Math.min(size, this.#left);
    this.#left -= taken;
    return Buffer.alloc(taken, "a");
  }

  readline(): Promise<Uint8Array> {
    return this.read();
  }

  async readlines(): Promise<Uint8Array[]> {
    return [await this.read()];
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    yield await this.read();
  }
}

/** Bodies on the disk. */
const spooled = (): readonly string[] => spooledIn(directory);

afterEach(() => {
  setBufferLimits(DEFAULT_BUFFER_LIMITS);
  assert.equal(buffers.memory.used, 0);
  assert.equal(buffers.disk.used, 0);
});

test("a body up to the limit stays in memory, and counts there until it is released", async () => {
  for (const size of [1, 70_000, LIMIT]) {
    const body = await readRequestBody(new FakeInput(size));
    assert.equal(body.size, size);
    assert.equal(Buffer.concat(body.pieces ?? []).length, size);
    assert.equal(body.path, undefined);
    assert.equal(buffers.memory.used, size);
    body.release();
    body.release();
    assert.equal(buffers.memory.used, 0);
  }
});

test("no bytes are no body", async () => {
  const { size, pieces, path } = await readRequestBody(new FakeInput(0));
  assert.deepEqual({ size, pieces, path }, { size: 0, pieces: undefined, path: undefined });
});

test("a larger body goes to a file that only its user may read", async () => {
  const { size, pieces, path = "", release } = await readRequestBody(new FakeInput(3_000_000));
  assert.equal(size, 3_000_000);
  assert.equal(pieces, undefined);
  assert.ok(readFileSync(path).equals(Buffer.alloc(3_000_000, "a")));
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(buffers.memory.used, 0);
  assert.equal(buffers.disk.used, 3_000_000);
  release();
  assert.equal(buffers.disk.used, 0);
  await until("the file is gone", () => spooled().length === 0);
});

test("a body goes to the disk at once when bodies have half of the memory", async () => {
  setBufferLimits({ memory: 200_000 });
  const first = await readRequestBody(new FakeInput(60_000));
  const second = await readRequestBody(new FakeInput(60_000));
  assert.equal(Buffer.concat(first.pieces ?? []).length, 60_000);
  assert.equal(statSync(second.path ?? "").size, 60_000);
  for (const body of [first, second]) body.release();
  await until("the file is gone", () => spooled().length === 0);
});

test("a body for which the disk has no room is refused, and leaves nothing", async () => {
  setBufferLimits({ disk: 1_500_000 });
  await assert.rejects(readRequestBody(new FakeInput(1_600_000)), (error) => {
    assert.ok(error instanceof OverloadedError);
    assert.match(error.message, /--limit-buffer-disk/);
    return true;
  });
  assert.deepEqual(spooled(), []);
});

test("a client that leaves in the midst of a body leaves nothing", async () => {
  const gone = new Error("the client is gone");
  await assert.rejects(readRequestBody(new FakeInput(1_600_000, gone)), gone);
  await assert.rejects(readRequestBody(new FakeInput(100_000, gone)), gone);
  assert.deepEqual(spooled(), []);
});

test("to release what the worker has removed already is no error", async () => {
  const { path = "", release } = await readRequestBody(new FakeInput(1_300_000));
  rmSync(path);
  release();
});

test("large bodies are taken again after the directory was tidied away", async () => {
  const first = await readRequestBody(new FakeInput(1_300_000));
  rmSync(join(first.path ?? "", ".."), { recursive: true });
  first.release();
  const second = await readRequestBody(new FakeInput(1_300_000));
  assert.equal(statSync(second.path ?? "").size, 1_300_000);
  second.release();
  await until("the file is gone", () => spooled().length === 0);
});

test("a request can have a body where its length says so, or its end will be told", () => {
  const environ = (values: Partial<Environ>): Environ => values as Environ;
  assert.equal(mayHaveBody(environ({ CONTENT_LENGTH: "5" })), true);
  assert.equal(mayHaveBody(environ({ "wsgi.input_terminated": true })), true);
  for (const none of [undefined, "", "0"]) {
    assert.equal(mayHaveBody(environ(none === undefined ? {} : { CONTENT_LENGTH: none })), false);
  }
});

test("of a stream of Portico's own no more is given than CONTENT_LENGTH says", async () => {
  const stream = new BodyStream(() => {});
  for (const piece of ["six ch", "aracters"]) stream.push(Buffer.from(piece));
  stream.end();
  const environ = { CONTENT_LENGTH: "8", "wsgi.input": stream } as unknown as Environ;
  const { size, pieces, release } = await readRequestBody(bodyInput(environ));
  assert.equal(size, 8);
  assert.equal(Buffer.concat(pieces ?? []).toString(), "six char");
  release();
});

test("what stands in for a stream of Portico's own is the one that is read", async () => {
  const stream = new BodyStream(() => {});
  stream.push(Buffer.from("its own"));
  stream.end();
  let asked = 0;
  const watched = new Proxy(stream, {
    get(_, name) {
      asked += 1;
      const value: unknown = Reflect.get(stream, name);
      return typeof value === "function" ? value.bind(stream) : value;
    },
  });
  const environ = { CONTENT_LENGTH: "7", "wsgi.input": watched } as unknown as Environ;
  const { size, release } = await readRequestBody(bodyInput(environ));
  assert.equal(size, 7);
  assert.ok(asked > 0, "it was passed by");
  release();
});

test("no more is asked for than CONTENT_LENGTH says, unless the input ends by itself", async () => {
  const wanted = async (values: Partial<Environ>): Promise<number[]> => {
    const sizes: number[] = [];
    const input = new FakeInput(100_000);
    const read = (size = 0): Promise<Uint8Array> => {
      sizes.push(size);
      return input.read(size);
    };
    const environ = { ...values, "wsgi.input": { read } } as unknown as Environ;
    (await readRequestBody(bodyInput(environ))).release();
    return sizes;
  };
  assert.deepEqual(await wanted({ CONTENT_LENGTH: "65540" }), [65_536, 4]);
  const everything = [65_536, 65_536, 65_536];
  assert.deepEqual(await wanted({}), everything);
  assert.deepEqual(
    await wanted({ CONTENT_LENGTH: "5", "wsgi.input_terminated": true }),
    everything,
  );
});
