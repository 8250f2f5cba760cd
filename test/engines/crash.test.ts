import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isRunning, until } from "../support/until.ts";
import { Lab } from "./lab.ts";

/** Requests around the one that kills its worker. */
const OTHERS = 20;

describe("a worker that dies in the midst of a request", () => {
  for (const [way, target, sign] of [
    ["by os._exit", "/leave/killer", /Worker \(pid:\d+\) exited with status 3; another takes/],
    ["by a segmentation fault", "/crash/killer", /Worker \(pid:\d+\) was sent SIGSEGV; another/],
  ] as const) {
    test(`${way}: its client gets 502, nothing is lost and nothing run twice`, async () => {
      await using lab = await Lab.start({ workers: 2 });
      for (let round = 0; round < 3; round += 1) {
        await lab.warmUp();
        const before = lab.ran.length;
        const others = Array.from({ length: OTHERS }, (_, n) => `${round}-${n}`);
        const asked = others.map((name) => lab.get(`/answer/${name}`));
        const killer = lab.get(target);
        asked.push(...others.map((name) => lab.get(`/answer/again-${name}`)));
        assert.equal((await killer).status, 502);
        const statuses = (await Promise.all(asked)).map((answer) => answer.status);
        const ran = lab.ran.slice(before);
        assert.equal(new Set(ran).size, ran.length, `run twice in ${ran.join(" ")}`);
        assert.equal(ran.length, 2 * OTHERS + 1);
        // An answer made in the same instant dies with the worker: that client gets 502 as well.
        assert.ok(statuses.every((status) => status === 200 || status === 502));
      }
      await lab.log.line(sign);
      assert.equal((await lab.get("/answer/after")).status, 200);
    });
  }

  test("by kill -9: its client gets 502, those not begun are answered by another, once", async () => {
    await using lab = await Lab.start();
    await lab.warmUp();
    const victim = lab.get("/wait/victim");
    const others = Array.from({ length: OTHERS }, (_, n) => lab.get(`/answer/${n}`));
    const { pid } = await lab.gate.arrival("victim");
    process.kill(pid, "SIGKILL");
    assert.equal((await victim).status, 502);
    for (const answer of await Promise.all(others)) {
      assert.equal(answer.status, 200);
    }
    await lab.log.line(new RegExp(`ERROR Worker \\(pid:${pid}\\) was sent SIGKILL; another takes`));
    await lab.log.line(/ERROR Error handling request GET \/wait\/victim: .* died while it ran/);
    const ran = lab.ran.filter((name) => name !== "warm");
    assert.equal(ran.length, OTHERS + 1);
    assert.equal(new Set(ran).size, ran.length);
    assert.equal(lab.engine.stats().endings.signal, 1);
  });

  test("with several threads: each of its clients gets 502, and only they", async () => {
    await using lab = await Lab.start({ threads: 3 });
    const victims = ["a", "b", "c"].map((name) => lab.get(`/wait/${name}`));
    for (const name of ["a", "b", "c"]) await lab.gate.arrival(name);
    const queued = lab.get("/answer/queued");
    await until("one is queued", () => lab.engine.stats().queued === 1);
    process.kill((await lab.gate.arrival("a")).pid, "SIGKILL");
    for (const victim of victims) assert.equal((await victim).status, 502);
    assert.equal((await queued).status, 200);
    assert.deepEqual([...lab.ran].sort(), ["a", "b", "c", "queued"]);
  });

  test("while it streams: the answer is cut, so that it cannot be taken for whole", async () => {
    await using lab = await Lab.start();
    const cut = assert.rejects(lab.get("/give_and_wait/half"), /closed the connection in mid-resp/);
    const { pid } = await lab.gate.arrival("half");
    process.kill(pid, "SIGKILL");
    await cut;
    assert.equal((await lab.get("/answer/after")).status, 200);
  });

  test("by bytes that are no frames: it is ended and replaced, and the server lives on", async () => {
    await using lab = await Lab.start();
    const { pid } = await lab.get("/answer/before");
    const answer = await lab.get("/babble/x");
    assert.ok(answer.status === 502 || answer.pid === pid, `${answer.status}`);
    await lab.log.line(/broke the frame protocol/);
    await until("it has ended", () => !isRunning(pid));
    assert.equal((await lab.get("/answer/after")).status, 200);
  });
});

test("a worker that stands still is replaced, one that is merely idle is not", async () => {
  await using lab = await Lab.start({ workers: 2, timeout: 0.5 });
  const first = lab.get("/wait/first");
  const { pid } = await lab.gate.arrival("first");
  const second = await lab.get("/answer/second");
  (await lab.gate.arrival("first")).pass();
  await first;
  process.kill(pid, "SIGSTOP");
  await lab.log.line(
    new RegExp(`Worker \\(pid:${pid}\\) was killed: it gave no sign of life for 0.5 s; another`),
  );
  await until("it has ended", () => !isRunning(pid));
  assert.equal(lab.engine.stats().endings.timeout, 1);
  assert.ok(isRunning(second.pid));
  assert.equal((await lab.get("/answer/after")).status, 200);
});
