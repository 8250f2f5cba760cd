import assert from "node:assert/strict";
import { test } from "node:test";
import { isRunning, until } from "../support/until.ts";
import { Lab } from "./lab.ts";

test("a request that takes longer than --timeout is answered 504 and interrupted, and its worker goes on", async () => {
  await using lab = await Lab.start({ timeout: 2 });
  const start = performance.now();
  const late = lab.get("/wait/late");
  const { pid } = await lab.gate.arrival("late");
  assert.equal((await late).status, 504);
  const took = performance.now() - start;
  assert.ok(took > 2_000 && took < 3_500, `after ${took} ms`);
  const next = await lab.get("/answer/next");
  assert.equal(next.status, 200);
  assert.equal(next.pid, pid);
  await lab.log.line(new RegExp(`INFO Worker \\(pid:${pid}\\) goes on: GET /wait/late let go`));
  assert.equal(lab.engine.stats().endings.timeout, 0);
  assert.deepEqual(lab.ran, ["late", "next"]);
});

test("the log names a late request once, with its worker, its age and its stack", async () => {
  await using lab = await Lab.start({ timeout: 1 });
  const { status } = await lab.get("/wait/late");
  assert.equal(status, 504);
  await lab.log.line(/goes on/);
  const entries = lab.log.text.match(
    /ERROR WORKER TIMEOUT \(pid:\d+\): GET \/wait\/late took more than --timeout 1 s: it gave no sign for 1\.\d\d s; its thread is at \(most recent call last\)\n {2}File ".*lab.py", line \d+, in app\n[\s\S]*?in wait_at_gate\n {4}gate.recv\(1\)/g,
  );
  assert.equal(entries?.length, 1, lab.log.text);
  assert.equal(lab.log.text.match(/Traceback/g)?.length, 1, "more than one traceback");
  assert.match(lab.log.text, /DEBUG Interrupted: GET \/wait\/late\nTraceback/);
});

test("every thread is interrupted, whatever the number, and none but the late ones", async () => {
  await using lab = await Lab.start({ timeout: 2, threads: 8 });
  const late = ["a", "b", "c", "d"].map((name) => lab.get(`/loop/${name}`));
  const arrivals = await Promise.all(["a", "b", "c", "d"].map((name) => lab.gate.arrival(name)));
  const streams = [lab.get("/drip/14"), lab.get("/drip/14")];
  for (const answer of await Promise.all(late)) assert.equal(answer.status, 504);
  for (const stream of await Promise.all(streams)) assert.match(stream.text, /^0 1 .* 12 13 $/);
  assert.equal((await lab.get("/answer/next")).pid, arrivals[0]?.pid);
  assert.equal(lab.engine.stats().endings.timeout, 0);
});

test("a worker whose thread does not come back is replaced when its successor is there", async () => {
  // Long enough for a successor to boot on a busy machine: the next request waits for that.
  await using lab = await Lab.start({ timeout: 3 });
  const late = lab.get("/endure/late");
  const { pid } = await lab.gate.arrival("late");
  assert.equal((await late).status, 504);
  const next = await lab.get("/answer/next");
  assert.equal(next.status, 200);
  assert.notEqual(next.pid, pid);
  await until("the worker has ended", () => !isRunning(pid));
  assert.deepEqual(lab.ran, ["late", "endured", "next"]);
});

test("a worker whose thread does not come back from close() is replaced, and told of", async () => {
  await using lab = await Lab.start({ timeout: 2, gracefulTimeout: 1 });
  const answered = await lab.get("/wait_in_close/held");
  assert.equal(answered.text, "held");
  await lab.gate.arrival("held");
  const next = await lab.get("/answer/next");
  assert.equal(next.text, "next");
  assert.notEqual(next.pid, answered.pid);
  assert.match(lab.log.text, /ERROR WORKER TIMEOUT .* what it has answered does not let go of/);
  assert.match(lab.log.text, /File ".*lab.py", line \d+ in close\n/);
  await until("the worker has ended", () => !isRunning(answered.pid));
  assert.deepEqual(lab.ran, ["held", "next"]);
});

test("other requests of its worker finish before it ends", async () => {
  await using lab = await Lab.start({ timeout: 2, threads: 2 });
  const late = lab.get("/endure/late");
  const { pid } = await lab.gate.arrival("late");
  // It goes on for longer than it takes to give the worker up, and longer than --timeout.
  const other = lab.get("/drip/24");
  assert.equal((await late).status, 504);
  const answer = await other;
  assert.equal(
    answer.text.length,
    "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 ".length,
  );
  assert.equal(answer.pid, pid);
  await lab.log.line(/takes no more requests: a request in it took too long/);
  assert.notEqual((await lab.get("/answer/next")).pid, pid);
});

test("where native code keeps the interpreter, the log has the stacks all the same", async () => {
  await using lab = await Lab.start({ timeout: 2 });
  assert.equal((await lab.get("/hold/it")).status, 504);
  await lab.log.line(/GET \/hold\/it took more than .* native code keeps the interpreter/);
  assert.match(lab.log.text, /native code keeps[^\n]*\n[\s\S]*File ".*lab.py", line \d+ in hold\n/);
  assert.equal((await lab.get("/answer/next")).status, 200);
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
  await using lab = await Lab.start({ timeout: 1 });
  await assert.rejects(lab.get("/give_and_wait/stuck"), /closed the connection in mid-response/);
  await lab.log.line(/WORKER TIMEOUT/);
  assert.equal((await lab.get("/answer/next")).status, 200);
});

test("a worker that stops itself in the midst of a request is replaced", async () => {
  await using lab = await Lab.start({ timeout: 2 });
  assert.equal((await lab.get("/stop/x")).status, 504);
  await lab.log.line(/GET \/stop\/x took more than .*, and its worker was stopped, as by SIGSTOP/);
  assert.equal((await lab.get("/answer/next")).status, 200);
});
