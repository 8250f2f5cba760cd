import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chownSync,
  existsSync,
  mkdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, test } from "node:test";
import { createSpooled, removeAbandoned } from "../../src/buffers/spool-directory.ts";
import { ownTemporaryDirectory } from "../support/spools.ts";

const directory = ownTemporaryDirectory();
afterEach(() => {
  process.env.TMPDIR = directory;
});

const MODULE = new URL("../../src/buffers/spool-directory.js", import.meta.url).href;

/** Another process, with a spooled file of its own. */
class Owner implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly path: string;

  static async start(): Promise<Owner> {
    const program = `
      const { createSpooled } = await import(${JSON.stringify(MODULE)});
      console.log((await createSpooled()).path);
      process.stdin.on("end", () => process.exit()).resume();
    `;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const [path] = await once(createInterface(child.stdout), "line");
    return new Owner(child, String(path));
  }

  private constructor(child: ChildProcess, path: string) {
    this.#child = child;
    this.path = path;
  }

  async leave(): Promise<void> {
    const left = once(this.#child, "exit");
    this.#child.stdin?.end();
    await left;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const killed = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await killed;
  }
}

/** A directory as another process may have left it. */
function left(name: string, age = 0): string {
  const path = join(directory, name);
  mkdirSync(join(path, "in-it"), { recursive: true, mode: 0o700 });
  const then = Date.now() / 1000 - age;
  utimesSync(path, then, then);
  return path;
}

test("a spooled file, and the directory it is in, are for their user alone", async () => {
  const { path, file } = await createSpooled();
  await file.close();
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(statSync(dirname(path)).mode & 0o777, 0o700);
  rmSync(path);
});

test("files are made again after the directory was tidied away", async () => {
  const first = await createSpooled();
  await first.file.close();
  rmSync(dirname(first.path), { recursive: true });
  const second = await createSpooled();
  await second.file.close();
  assert.equal(existsSync(second.path), true);
});

describe("another process's directory", () => {
  test("stays while that lives, and goes when it was killed", async () => {
    const owner = await Owner.start();
    await removeAbandoned();
    assert.equal(existsSync(owner.path), true);
    await owner[Symbol.asyncDispose]();
    assert.equal(existsSync(owner.path), true);
    await removeAbandoned();
    assert.equal(existsSync(dirname(owner.path)), false);
  });

  test("goes with that process when it ends in order", async () => {
    await using owner = await Owner.start();
    await owner.leave();
    assert.equal(existsSync(dirname(owner.path)), false);
  });

  test("stays while its socket answers, whatever process that is, and goes without it", async () => {
    // A number that no process here has, as one of another container.
    const path = left("portico-spool-4194305");
    const server = createServer((visitor) => visitor.destroy());
    server.listen(join(path, "owner"));
    await once(server, "listening");
    await removeAbandoned();
    assert.equal(existsSync(path), true);
    const closed = once(server, "close");
    server.close();
    await closed;
    await removeAbandoned();
    assert.equal(existsSync(path), false);
  });

  test("stays while it is being made, and goes when its owner died in that", async () => {
    const young = left("portico-unfinished-young");
    const old = left("portico-unfinished-old", 3_600);
    await removeAbandoned();
    assert.deepEqual([existsSync(young), existsSync(old)], [true, false]);
  });

  test("goes after a day without a change where there are no sockets", async () => {
    const young = left("portico-spool-young");
    const old = left("portico-spool-old");
    for (const path of [young, old]) writeFileSync(join(path, "no-socket"), "");
    utimesSync(old, 0, Date.now() / 1000 - 2 * 86_400);
    await removeAbandoned();
    assert.deepEqual([existsSync(young), existsSync(old)], [true, false]);
  });

  test("is known to live where the path is too long for a socket", async () => {
    const deep = join(directory, "d".repeat(120));
    mkdirSync(deep);
    process.env.TMPDIR = deep;
    const owner = await Owner.start();
    await removeAbandoned();
    assert.equal(existsSync(owner.path), true);
    assert.equal(existsSync(join(dirname(owner.path), "no-socket")), false);
    await owner[Symbol.asyncDispose]();
    await removeAbandoned();
    assert.equal(existsSync(dirname(owner.path)), false);
  });

  const isRoot = process.geteuid?.() === 0;
  const skip = isRoot ? false : "only root can give a directory to another user";

  test("is left to that user if it is another's", { skip }, async () => {
    const path = left("portico-spool-others");
    chownSync(path, 65_534, 65_534);
    await removeAbandoned();
    assert.equal(existsSync(path), true);
  });
});
