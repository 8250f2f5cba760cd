import assert from "node:assert/strict";
import { test } from "node:test";
import { isRunning, until } from "../support/until.ts";
import { Lab } from "./lab.ts";

test("a request that takes longer than --timeout is answered 504, and its worker replaced", async () => {
  // Long enough for a successor to boot on a busy machine: the next request waits for that.
  await using lab = await Lab.start({ timeout: 2 });
  const start = performance.now();
  const late = lab.get("/wait/late");
  const { pid } = await lab.gate.arrival("late");
  assert.equal((await late).status, 504);
  const took = performance.now() - start;
  assert.ok(took > 2_000 && took < 4_000, `after ${took} ms`);
  await lab.log.line(
    new RegExp(`CRITICAL WORKER TIMEOUT \\(pid:${pid}\\): GET /wait/late took more than --timeout`),
  );
  const next = await lab.get("/answer/next");
  assert.equal(next.status, 200);
  assert.notEqual(next.pid, pid);
  await until("the worker has ended", () => !isRunning(pid));
  assert.deepEqual(lab.ran, ["late", "next"]);
});

test("other requests of its worker finish before it is replaced", async () => {
  await using lab = await Lab.start({ timeout: 2, threads: 2 });
  const late = lab.get("/wait/late");
  const { pid } = await lab.gate.arrival("late");
  await lab.get("/sleep/1.4");
  const other = lab.get("/wait/other");
  await lab.gate.arrival("other");
  assert.equal((await late).status, 504);
  assert.ok(isRunning(pid));
  (await lab.gate.arrival("other")).pass();
  const answer = await other;
  assert.equal(answer.status, 200);
  assert.equal(answer.pid, pid);
  assert.notEqual((await lab.get("/answer/next")).pid, pid);
});

test("requests sent ahead to a worker that is given up are answered by its successor, once", async () => {
  await using lab = await Lab.start({ timeout: 2 });
  await lab.warmUp();
  const late = lab.get("/wait/late");
  const ahead = Array.from({ length: 20 }, (_, n) => lab.get(`/answer/${n}`));
  assert.equal((await late).status, 504);
  const statuses = (await Promise.all(ahead)).map((answer) => answer.status);
  const ran = lab.ran.filter((name) => name !== "warm");
  assert.equal(new Set(ran).size, ran.length, "a request was run twice");
  // They have waited as long as the late one has run, which is as long as one may wait.
  const answered = statuses.filter((status) => status === 200).length;
  assert.equal(ran.length, answered + 1);
  assert.ok(statuses.every((status) => status === 200 || status === 503 || status === 504));
});

test("a stream may take longer than --timeout as long as it goes on", async () => {
  await using lab = await Lab.start({ timeout: 0.8 });
  const stream = lab.get("/drip/8");
  const { status, text } = await stream;
  assert.equal(status, 200);
  assert.equal(text, "0 1 2 3 4 5 6 7 ");
  assert.equal(lab.engine.stats().endings.timeout, 0);
});

test("a stream that stops for longer than --timeout is cut", async () => {
  await using lab = await Lab.start({ timeout: 2 });
  await assert.rejects(lab.get("/give_and_wait/stuck"), /closed the connection in mid-response/);
  await lab.log.line(/WORKER TIMEOUT/);
  assert.equal((await lab.get("/answer/next")).status, 200);
});

test("a worker that stops itself in the midst of a request is replaced", async () => {
  await using lab = await Lab.start({ timeout: 2 });
  assert.equal((await lab.get("/stop/x")).status, 504);
  assert.equal((await lab.get("/answer/next")).status, 200);
});
