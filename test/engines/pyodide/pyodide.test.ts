/** Python in threads of this process: what an interpreter does to itself is nobody else's trouble. */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { PythonOptions } from "../../../src/engines/cpython/python-options.ts";
import { repositoryRoot } from "../../support/python-environment.ts";
import { until } from "../../support/until.ts";
import { OnPyodide } from "./on-pyodide.ts";

const start = (options: PythonOptions = {}): Promise<OnPyodide> =>
  OnPyodide.start("troubles", options);

const NO_PROC = existsSync("/proc/self/task") ? false : "threads are counted in /proc";

/** Of this process. */
const threads = (): number => readdirSync("/proc/self/task").length;

const MEBIBYTE = 1024 ** 2;

describe("an interpreter in a thread", () => {
  test("serves, and is told of in the log", async () => {
    await using troubled = await start({ workers: 2 });
    assert.equal(await troubled.text("/platform"), "emscripten");
    assert.match(troubled.log.text, /INFO Python: CPython 3\.\d+\.\d+, pyodide \d/);
    assert.match(troubled.log.text, /2 worker\(s\) of 1 thread\(s\)/);
  });

  test("is sent bodies of every size", async () => {
    await using troubled = await start();
    for (const size of [0, 1, 65_537, 300_000, 3 * MEBIBYTE]) {
      const text = await troubled.text("/body", { body: "a".repeat(size) });
      assert.equal(text, `${size} ${(size * 97) % 251}`);
    }
  });

  test("that waits for a client to take more reads on, although the next request is there", async () => {
    await using troubled = await start();
    const body = "abcdefg".repeat(MEBIBYTE);
    const asked = [1, 2].map(() => troubled.text("/echo", { body }));
    for (const text of await Promise.all(asked)) assert.ok(text === body);
  });

  test("that loops without end is interrupted: 504, a traceback, and it goes on", async () => {
    await using troubled = await start({ timeout: 1 });
    const { status } = await troubled.ask("/loop");
    assert.equal(status, 504);
    const stack = await troubled.log.said(
      /its thread is at \(most recent call last\)\n.*in application\n.*\n.*in loop\n.*\n/,
    );
    await troubled.log.said(/INFO Worker \(thread:\d+\) goes on: GET \/loop/);
    assert.equal(await troubled.text("/count"), "2");
    assert.doesNotMatch(stack, /interpreter_thread/);
  });

  test("that cannot be interrupted is replaced, and the next request is served", async () => {
    await using troubled = await start({ timeout: 1 });
    const { status } = await troubled.ask("/endure");
    assert.equal(status, 504);
    assert.equal(await troubled.text("/count"), "1");
  });

  test("that ends costs its own request alone, and another takes its place", async () => {
    await using troubled = await start();
    const [left, counted] = await Promise.all([troubled.ask("/leave"), troubled.ask("/count")]);
    assert.equal(left.status, 502);
    assert.equal(counted.status, 200);
    await troubled.log.said(/Worker \(thread:\d+\) exited with status 3; another takes its place/);
  });

  test("that recurses too deep answers 500, and goes on", async () => {
    await using troubled = await start();
    assert.equal((await troubled.ask("/recurse")).status, 500);
    assert.equal(await troubled.text("/count"), "2");
    assert.match(troubled.log.text, /RecursionError/);
  });

  test("gets no more memory than it may have, and no other is the worse for it", async () => {
    await using troubled = await start({ interpreterMemory: 200 * MEBIBYTE });
    assert.equal(await troubled.text("/fill"), "no room");
    assert.equal(await troubled.text("/count"), "2");
  });

  test("says what it has no means for", async () => {
    await using troubled = await start({ threads: 4 });
    assert.match(troubled.log.text, /WARNING Pyodide has no threads/);
  });

  test("has chances of its own, though all begin with the same memory", async () => {
    await using one = await start();
    await using other = await start();
    const [random, bytes] = (await one.text("/chance")).split(" ");
    const [otherRandom, otherBytes] = (await other.text("/chance")).split(" ");
    assert.notEqual(random, otherRandom);
    assert.notEqual(bytes, otherBytes);
  });

  test("has the environment variables it was given", async () => {
    await using troubled = await start({ env: { PORTICO_TROUBLE: "given" } });
    assert.equal(await troubled.text("/variable?PORTICO_TROUBLE"), "given");
  });

  test("writes files where the application is, unless they are to be read alone", async () => {
    await using writing = await start();
    assert.equal(await writing.text("/write"), "written");
    assert.ok(existsSync(join(writing.directory, "written.txt")));
    await using reading = await start({ files: "read-only" });
    assert.equal(await reading.text("/write"), "OSError");
    assert.ok(!existsSync(join(reading.directory, "written.txt")));
  });

  test("sees all of a directory, though it has seen one in it before", async () => {
    const [outer, inner] = [repositoryRoot, join(repositoryRoot, "docs")];
    await using troubled = await start({ pythonPath: [inner], mounts: [outer] });
    assert.equal(await troubled.text(`/exists?${join(outer, "package.json")}`), "True");
    assert.equal(await troubled.text(`/exists?${join(inner, "pyodide.md")}`), "True");
  });

  test("is not started without a directory that it is to see", async () => {
    await assert.rejects(start({ mounts: ["/no/such/directory"] }), {
      name: "LoadError",
      message: "--mount: there is no directory /no/such/directory",
    });
  });

  test("leaves no thread and no port behind when it has ended", { skip: NO_PROC }, async () => {
    const before = threads();
    for (let round = 0; round < 3; round += 1) {
      await using troubled = await start();
      assert.equal(await troubled.text("/count"), "1");
    }
    await until("its threads end", () => threads() <= before);
    assert.doesNotMatch(process.getActiveResourcesInfo().join(), /MessagePort/);
  });

  test("does not keep a quick answer behind a slow request", async () => {
    await using troubled = await start();
    await troubled.text("/count");
    const answers: string[] = [];
    const slow = troubled.text("/slow").then((text) => answers.push(text));
    const quick = troubled.text("/count").then((text) => answers.push(text));
    await Promise.all([slow, quick]);
    assert.deepEqual(answers, ["slow", "3"]);
  });
});
