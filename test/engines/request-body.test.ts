import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  mayHaveBody,
  readRequestBody,
  removeSpooled,
} from "../../src/engines/cpython/request-body.ts";
import type { Environ, InputStream } from "../../src/wsgi/types.ts";

const LIMIT = 262_144;

// Whatever this process spools goes to a directory of its own.
const directory = mkdtempSync(join(tmpdir(), "portico-request-body-"));
process.env.TMPDIR = directory;
after(() => rmSync(directory, { recursive: true, force: true }));

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

function spooled(): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(directory, name)).isFile(),
  );
}

test("what a dead process left is removed, what a living one has is not", async () => {
  const dead = spawnSync(process.execPath, ["--version"]).pid;
  const left = join(directory, `portico-bodies-${dead}-abc`);
  const living = join(directory, `portico-bodies-${process.ppid}-abc`);
  for (const path of [left, living]) mkdirSync(join(path, "in-it"), { recursive: true });
  const body = await readRequestBody(new FakeInput(LIMIT + 1));
  assert.equal(existsSync(left), false);
  assert.equal(existsSync(living), true);
  await removeSpooled(body.path ?? "");
});

test("a body up to the limit stays in memory", async () => {
  for (const size of [1, 70_000, LIMIT]) {
    const body = await readRequestBody(new FakeInput(size));
    assert.equal(body.size, size);
    assert.equal(body.bytes?.length, size);
    assert.equal(body.path, undefined);
  }
});

test("no bytes are no body", async () => {
  const body = await readRequestBody(new FakeInput(0));
  assert.deepEqual(body, { size: 0, bytes: undefined, path: undefined });
});

test("a larger body goes to a file that only its user may read", async () => {
  const { size, bytes, path = "" } = await readRequestBody(new FakeInput(1_000_000));
  assert.equal(size, 1_000_000);
  assert.equal(bytes, undefined);
  assert.ok(readFileSync(path).equals(Buffer.alloc(1_000_000, "a")));
  assert.equal(statSync(path).mode & 0o777, 0o600);
  await removeSpooled(path);
  assert.deepEqual(spooled(), []);
});

test("a client that leaves in the midst of a large body leaves no file", async () => {
  const gone = new Error("the client is gone");
  await assert.rejects(readRequestBody(new FakeInput(600_000, gone)), gone);
  assert.deepEqual(spooled(), []);
});

test("to remove what the worker has removed already is no error", async () => {
  await removeSpooled(join(directory, "portico-bodies-0", "never-there"));
});

test("large bodies are taken again after the directory was tidied away", async () => {
  const first = await readRequestBody(new FakeInput(300_000));
  rmSync(join(first.path ?? "", ".."), { recursive: true });
  const second = await readRequestBody(new FakeInput(300_000));
  assert.equal(statSync(second.path ?? "").size, 300_000);
  await removeSpooled(second.path ?? "");
});

const isRoot = process.geteuid?.() === 0;
const skip = isRoot ? false : "only root can act as another user";

test("what another user's dead process left is left to that user", { skip }, async () => {
  const dead = spawnSync(process.execPath, ["--version"]).pid;
  const left = join(directory, `portico-bodies-${dead}-abc`);
  mkdirSync(join(left, "in-it"), { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o1777);
  const first = await readRequestBody(new FakeInput(300_000));
  // The next body makes a new directory, and looks for abandoned ones first.
  rmSync(join(first.path ?? "", ".."), { recursive: true });
  mkdirSync(join(left, "in-it"), { recursive: true, mode: 0o700 });
  process.seteuid?.(65_534);
  try {
    const second = await readRequestBody(new FakeInput(300_000));
    assert.equal(second.size, 300_000);
    await removeSpooled(second.path ?? "");
  } finally {
    process.seteuid?.(0);
  }
  assert.equal(existsSync(left), true);
});

test("a request can have a body where its length says so, or its end will be told", () => {
  const environ = (values: Partial<Environ>): Environ => values as Environ;
  assert.equal(mayHaveBody(environ({ CONTENT_LENGTH: "5" })), true);
  assert.equal(mayHaveBody(environ({ "wsgi.input_terminated": true })), true);
  for (const none of [undefined, "", "0"]) {
    assert.equal(mayHaveBody(environ(none === undefined ? {} : { CONTENT_LENGTH: none })), false);
  }
});
