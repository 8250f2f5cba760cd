import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { LastError } from "../../src/log/last-error.ts";
import type { Dismissal } from "../../src/processes/endings.ts";
import type { WorkerStatus } from "../../src/processes/group-status.ts";
import { recyclingOf } from "../../src/processes/recycling.ts";
import {
  BootError,
  WorkerGroup,
  type WorkerGroupOptions,
} from "../../src/processes/worker-group.ts";
import type { ProcessExit, WorkerProcess } from "../../src/processes/worker-process.ts";
import { RecordedLog } from "../support/recorded-log.ts";

/** A worker whose life is in the test's hands. */
class FakeWorker implements WorkerProcess {
  readonly pid: number;
  readonly ready: Promise<void>;
  readonly exited: Promise<ProcessExit>;
  readonly retired: Promise<Dismissal>;
  readonly asked: string[] = [];
  silentSince: number = Number.POSITIVE_INFINITY;
  requestsServed = 0;
  calls = { size: 0 };
  log: { lastError: LastError | undefined } = { lastError: undefined };
  killed: string | undefined;
  refusal: string | undefined;
  #markRetired: (dismissal: Dismissal) => void = () => {};
  #markReady: () => void = () => {};
  #markExited: (exit: ProcessExit) => void = () => {};

  constructor(pid: number) {
    this.pid = pid;
    this.ready = new Promise((resolve) => {
      this.#markReady = resolve;
    });
    this.exited = new Promise((resolve) => {
      this.#markExited = resolve;
    });
    this.retired = new Promise((resolve) => {
      this.#markRetired = resolve;
    });
  }

  async becomeReady(): Promise<void> {
    this.#markReady();
    await settled();
  }

  async retire(why: string): Promise<void> {
    this.#markRetired({ cause: "told", why });
    await settled();
  }

  async exit(exit: ProcessExit = { code: 0, signal: null }): Promise<void> {
    this.#markExited(exit);
    await settled();
  }

  ping(): void {
    this.asked.push("ping");
  }

  drain(): void {
    this.asked.push("drain");
  }

  kill(why: string): void {
    this.asked.push(`kill: ${why}`);
    this.killed = why;
    void this.exit({ code: null, signal: "SIGKILL" });
  }

  giveUpBooting(why: string): void {
    this.asked.push(`give up booting: ${why}`);
    this.killed = why;
    void this.exit({ code: 4, signal: null });
  }
}

/** A group of fake workers, on a clock that the test moves. */
class Stage {
  readonly workers: FakeWorker[] = [];
  readonly log = new RecordedLog();
  readonly group: WorkerGroup;
  readonly #context: TestContext;
  #now = 0;

  constructor(context: TestContext, options: Partial<WorkerGroupOptions> = {}) {
    this.#context = context;
    context.mock.timers.enable({ apis: ["setInterval"] });
    context.mock.method(performance, "now", () => this.#now);
    this.group = new WorkerGroup({
      workers: 2,
      bootTimeout: 60_000,
      heartbeatTimeout: 30_000,
      drainTimeout: 20_000,
      recycling: recyclingOf({}),
      oomCounter: undefined,
      log: this.log,
      spawn: (id) => this.#spawn(id),
      ...options,
    });
  }

  async pass(milliseconds: number): Promise<void> {
    for (let passed = 0; passed < milliseconds; passed += 250) {
      this.#now += 250;
      this.#context.mock.timers.tick(250);
      await settled();
    }
  }

  /** Starts the group and brings all of its first workers up. */
  async start(): Promise<void> {
    const started = this.group.start();
    for (const worker of this.workers) await worker.becomeReady();
    await started;
  }

  /** Workers that have ended, by cause. */
  get ends(): Readonly<Record<string, number>> {
    return Object.fromEntries(Object.entries(this.group.endings).filter(([, count]) => count > 0));
  }

  /** What the log has of workers that were lost. */
  get lost(): readonly string[] {
    return this.log.lines.filter((line) => line.includes("another takes its place"));
  }

  /** Without the memory of those processes that have the fake ones' numbers. */
  get statuses(): readonly Omit<WorkerStatus, "rss">[] {
    return this.group.status.workers.map(({ rss: _, ...facts }) => facts);
  }

  get stages(): readonly string[] {
    return this.statuses.map(({ pid, stage }) => `${pid} ${stage}`);
  }

  worker(pid: number): FakeWorker {
    const found = this.workers.find((worker) => worker.pid === pid);
    assert.ok(found !== undefined, `worker ${pid} was never spawned`);
    return found;
  }

  #spawn(id: number): FakeWorker {
    const worker = new FakeWorker(id);
    this.workers.push(worker);
    return worker;
  }
}

/** All that promises bring about at this moment has come about. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

describe("a group of workers", () => {
  test("has started when all are ready, and not before", async (context) => {
    const stage = new Stage(context);
    let isStarted = false;
    const started = stage.group.start().then(() => {
      isStarted = true;
    });
    assert.deepEqual(stage.group.pids, [1, 2]);
    await stage.worker(1).becomeReady();
    assert.equal(isStarted, false);
    await stage.worker(2).becomeReady();
    assert.equal(isStarted, true);
    await started;
  });

  test("does not start if a worker ends first, and kills the others", async (context) => {
    const stage = new Stage(context);
    const started = stage.group.start();
    const exit = { code: 4, signal: null };
    void stage.worker(2).exit(exit);
    await assert.rejects(started, (error) => {
      assert.ok(error instanceof BootError);
      assert.equal(error.worker, stage.worker(2));
      assert.deepEqual(error.exit, exit);
      return true;
    });
    assert.deepEqual(stage.worker(1).asked, ["kill: another worker did not boot"]);
    await settled();
    assert.deepEqual(stage.group.pids, []);
    await stage.pass(5_000);
    assert.equal(stage.workers.length, 2, "it went on trying");
  });

  test("does not start if a worker does not come up in time", async (context) => {
    const stage = new Stage(context, { workers: 1, bootTimeout: 1_000 });
    const started = assert.rejects(stage.group.start(), BootError);
    await stage.pass(1_000);
    assert.deepEqual(stage.worker(1).asked, []);
    await stage.pass(250);
    assert.deepEqual(stage.worker(1).asked, ["give up booting: it was not ready within 1 s"]);
    await started;
  });

  test("replaces a worker that ends unasked at once, and tells", async (context) => {
    const stage = new Stage(context);
    await stage.start();
    await stage.worker(1).exit({ code: null, signal: "SIGSEGV" });
    assert.deepEqual(stage.lost, [
      "ERROR Worker (pid:1) was sent SIGSEGV; another takes its place",
    ]);
    assert.deepEqual(stage.group.pids, [2, 3]);
    assert.deepEqual(stage.ends, { signal: 1 });
  });

  test("says how each of its workers fares", async (context) => {
    const stage = new Stage(context);
    const started = stage.group.start();
    await stage.worker(1).becomeReady();
    await stage.pass(1_500);
    const nothing = { generation: 1, requests: 0, busy: 0, lastError: null, workers: [] };
    assert.deepEqual(stage.statuses, [
      { pid: 1, stage: "ready", age: 1.5, ...nothing },
      { pid: 2, stage: "booting", age: null, ...nothing },
    ]);
    await stage.worker(2).becomeReady();
    await started;
    const error = { at: "now", text: "a request failed" };
    Object.assign(stage.worker(1), { requestsServed: 7, calls: { size: 2 } });
    stage.worker(1).log.lastError = error;
    const [first] = stage.statuses;
    assert.deepEqual(first, {
      ...{ pid: 1, stage: "ready", age: 1.5, ...nothing },
      ...{ requests: 7, busy: 2, lastError: error },
    });
    const { wanted, generation, isReloading } = stage.group.status;
    assert.deepEqual(
      { wanted, generation, isReloading },
      { wanted: 2, generation: 1, isReloading: false },
    );
  });

  test("says of a newcomer how the one ended whose place it takes, until it has an error of its own", async (context) => {
    const stage = new Stage(context);
    await stage.start();
    await stage.worker(1).exit({ code: 7, signal: null });
    const texts = (): readonly (string | undefined)[] =>
      stage.statuses.map(({ lastError }) => lastError?.text);
    assert.deepEqual(texts(), [undefined, "Worker (pid:1) exited with status 7"]);
    await stage.worker(3).becomeReady();
    stage.worker(3).log.lastError = { at: "now", text: "its own" };
    assert.deepEqual(texts(), [undefined, "its own"]);
    stage.group.resize(1);
    assert.deepEqual(texts(), [undefined, "its own", undefined], "nobody's place");
  });

  test("replaces a worker that it is told to, newcomer first", async (context) => {
    const stage = new Stage(context);
    await stage.start();
    assert.equal(stage.group.end(1, "replace", "an operator asked"), true);
    assert.deepEqual(stage.stages, ["1 ready", "2 ready", "3 booting"]);
    await stage.worker(3).becomeReady();
    assert.deepEqual(stage.stages, ["1 draining", "2 ready", "3 ready"]);
    await stage.worker(1).exit();
    assert.deepEqual(stage.log.lines.slice(-1), [
      "INFO Worker (pid:1) has ended: an operator asked",
    ]);
    assert.deepEqual(stage.ends, { told: 1 });
  });

  test("kills a worker that it is told to, and another takes its place at once", async (context) => {
    const stage = new Stage(context);
    await stage.start();
    assert.equal(stage.group.end(1, "kill", "an operator killed it"), true);
    await settled();
    assert.deepEqual(stage.worker(1).asked, ["kill: an operator killed it"]);
    assert.deepEqual(stage.stages, ["2 ready", "3 booting"]);
    assert.ok(stage.log.lines.includes("INFO Worker (pid:1) has ended: an operator killed it"));
    assert.deepEqual(stage.lost, []);
  });

  test("ends no worker of another's, and none of the first before all are ready", async (context) => {
    const stage = new Stage(context);
    const started = stage.group.start();
    await stage.worker(1).becomeReady();
    assert.equal(stage.group.end(1, "kill", "an operator killed it"), false);
    await stage.worker(2).becomeReady();
    await started;
    assert.equal(stage.group.end(3, "kill", "an operator killed it"), false);
    assert.deepEqual(stage.stages, ["1 ready", "2 ready"]);
  });

  test("kills a worker that does not finish, though all are to end", async (context) => {
    const stage = new Stage(context);
    await stage.start();
    const stopped = stage.group.stop();
    assert.equal(stage.group.end(1, "kill", "an operator killed it"), true);
    await settled();
    assert.deepEqual(stage.worker(1).asked, ["drain", "kill: the server stops"]);
    await stage.worker(2).exit();
    await stopped;
  });

  test("waits longer each time that a replacement does not boot", async (context) => {
    const stage = new Stage(context, { workers: 1 });
    await stage.start();
    await stage.worker(1).exit();
    for (const [index, pause] of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000].entries()) {
      const pid = index + 2;
      await stage.worker(pid).exit({ code: 4, signal: null });
      await stage.pass(pause - 250);
      assert.equal(stage.workers.length, pid, `spawned before ${pause} ms`);
      await stage.pass(250);
      assert.equal(stage.workers.length, pid + 1, `not spawned after ${pause} ms`);
    }
    await stage.worker(9).becomeReady();
    await stage.pass(2_250);
    await stage.worker(9).exit();
    assert.equal(stage.workers.length, 10, "a worker that has lasted is replaced at once");
    await stage.worker(10).exit();
    await stage.pass(500);
    assert.equal(stage.workers.length, 11, "after a success the pause is short again");
  });

  test("waits longer each time that a replacement dies right after boot, but not for the first", async (context) => {
    const stage = new Stage(context, { workers: 1 });
    await stage.start();
    await stage.worker(1).exit();
    for (const [index, pause] of [500, 1_000, 2_000, 4_000, 5_000, 5_000].entries()) {
      const pid = index + 2;
      await stage.worker(pid).becomeReady();
      await stage.worker(pid).exit({ code: null, signal: "SIGSEGV" });
      await stage.pass(pause - 250);
      assert.equal(stage.workers.length, pid, `spawned before ${pause} ms`);
      await stage.pass(250);
      assert.equal(stage.workers.length, pid + 1, `not spawned after ${pause} ms`);
    }
  });

  test("asks ready workers for a sign of life, and only them", async (context) => {
    const stage = new Stage(context);
    const started = stage.group.start();
    await stage.worker(1).becomeReady();
    await stage.pass(250);
    assert.deepEqual(stage.worker(1).asked, ["ping"]);
    assert.deepEqual(stage.worker(2).asked, []);
    await stage.worker(2).becomeReady();
    await started;
  });

  test("replaces a worker that owes a sign of life for too long", async (context) => {
    const stage = new Stage(context, { workers: 1, heartbeatTimeout: 1_000 });
    await stage.start();
    await stage.pass(60_000);
    assert.deepEqual(stage.lost, [], "silence that nobody has broken is no fault");
    stage.worker(1).silentSince = performance.now();
    await stage.pass(1_250);
    assert.ok(stage.worker(1).asked.includes("kill: it gave no sign of life for 1 s"));
    assert.deepEqual(stage.lost, [
      "ERROR Worker (pid:1) was killed: it gave no sign of life for 1 s; another takes its place",
    ]);
    assert.deepEqual(stage.group.pids, [2]);
  });

  test("has stopped when the last worker has drained", async (context) => {
    const stage = new Stage(context);
    await stage.start();
    let isStopped = false;
    const stopped = stage.group.stop().then(() => {
      isStopped = true;
    });
    assert.deepEqual(stage.worker(1).asked, ["drain"]);
    assert.deepEqual(stage.worker(2).asked, ["drain"]);
    await stage.worker(1).exit();
    assert.equal(isStopped, false);
    await stage.worker(2).exit();
    await stopped;
    assert.deepEqual(stage.lost, []);
    assert.equal(stage.workers.length, 2, "it replaced a worker that it had drained");
  });

  test("kills a worker that does not drain in time", async (context) => {
    const stage = new Stage(context, { workers: 1, drainTimeout: 2_000 });
    await stage.start();
    const stopped = stage.group.stop();
    await stage.pass(2_000);
    assert.deepEqual(stage.worker(1).asked.at(-1), "drain");
    await stage.pass(250);
    assert.deepEqual(stage.worker(1).asked.at(-1), "kill: it did not finish within 2 s");
    await stopped;
  });

  test("asks a worker to drain once, however often it is stopped", async (context) => {
    const stage = new Stage(context, { workers: 1 });
    await stage.start();
    const stopped = [stage.group.stop(), stage.group.stop()];
    assert.deepEqual(stage.worker(1).asked, ["drain"]);
    await stage.worker(1).exit();
    await Promise.all(stopped);
  });

  test("ends every worker when it is told to kill all, and spawns none", async (context) => {
    const stage = new Stage(context);
    await stage.start();
    stage.group.killAll("told to hurry");
    await settled();
    assert.deepEqual(stage.group.pids, []);
    await stage.group.stop();
    assert.equal(stage.workers.length, 2);
  });

  test("can be started again after it has stopped", async (context) => {
    const stage = new Stage(context, { workers: 1 });
    await stage.start();
    stage.group.killAll("told to hurry");
    await stage.group.stop();
    const started = stage.group.start();
    await stage.worker(2).becomeReady();
    await started;
    assert.deepEqual(stage.group.pids, [2]);
  });
});

describe("a reload", () => {
  test("replaces no worker before the first of the new code is ready, then one by one", async (context) => {
    const stage = new Stage(context);
    await stage.start();
    const reloaded = stage.group.reload();
    await settled();
    assert.deepEqual(stage.group.pids, [1, 2, 3]);
    await stage.pass(30_000);
    assert.deepEqual([...stage.worker(1).asked, ...stage.worker(2).asked].includes("drain"), false);
    await stage.worker(3).becomeReady();
    assert.equal(stage.worker(1).asked.at(-1), "drain");
    await stage.worker(1).exit();
    assert.deepEqual(stage.group.pids, [2, 3, 4]);
    await stage.worker(4).becomeReady();
    assert.equal(stage.worker(2).asked.at(-1), "drain");
    assert.deepEqual(await reloaded, { kind: "reloaded" });
    assert.match(stage.log.text, /INFO Reloaded: 2 workers of the new code$/m);
    assert.deepEqual(stage.lost, []);
    assert.deepEqual(stage.ends, { reload: 1 });
  });

  test("fails with the first new worker, says why, and leaves the old ones as they are", async (context) => {
    const stage = new Stage(context);
    await stage.start();
    const reloaded = stage.group.reload();
    stage.worker(3).refusal = "cannot load app:app: NameError\nTraceback";
    await stage.worker(3).exit({ code: 4, signal: null });
    assert.deepEqual(await reloaded, { kind: "failed", why: "cannot load app:app: NameError" });
    await stage.pass(60_000);
    assert.deepEqual(stage.group.pids, [1, 2]);
    assert.match(
      stage.log.text,
      /^ERROR Reload failed: a new worker \(pid:3\) exited with status 4 before it was ready; the 2 workers there are go on/m,
    );
  });

  test("that has failed may be asked for again, at once", async (context) => {
    const stage = new Stage(context, { workers: 1 });
    await stage.start();
    const failed = stage.group.reload();
    await stage.worker(2).exit({ code: 4, signal: null });
    await failed;
    const reloaded = stage.group.reload();
    await stage.worker(3).becomeReady();
    assert.deepEqual(await reloaded, { kind: "reloaded" });
    assert.equal(stage.worker(1).asked.at(-1), "drain");
  });

  test("goes on when a later worker does not boot: the code is known to be good", async (context) => {
    const stage = new Stage(context);
    await stage.start();
    const reloaded = stage.group.reload();
    await stage.worker(3).becomeReady();
    await stage.pass(250);
    await stage.worker(4).exit({ code: null, signal: "SIGKILL" });
    await stage.pass(500);
    await stage.worker(5).becomeReady();
    assert.deepEqual(await reloaded, { kind: "reloaded" });
    assert.match(stage.log.text, /pid:4\) was sent SIGKILL before it was ready; 2 workers left/);
  });

  test("asked for during a reload starts over, and both hear how it ends", async (context) => {
    const stage = new Stage(context, { workers: 1 });
    await stage.start();
    const first = stage.group.reload();
    const second = stage.group.reload();
    assert.deepEqual(stage.worker(2).asked, ["kill: its code is not wanted"]);
    await settled();
    await stage.worker(3).becomeReady();
    assert.deepEqual(await Promise.all([first, second]), [
      { kind: "reloaded" },
      { kind: "reloaded" },
    ]);
    assert.doesNotMatch(stage.log.text, /ERROR|WARNING/);
  });

  test("of a group with a lost worker and code that is mended does not wait out the pause", async (context) => {
    const stage = new Stage(context);
    await stage.start();
    await stage.worker(1).exit({ code: 1, signal: null });
    await stage.worker(3).exit({ code: 4, signal: null });
    await settled();
    assert.deepEqual(stage.group.pids, [2]);
    const reloaded = stage.group.reload();
    await stage.worker(4).becomeReady();
    await stage.worker(5).becomeReady();
    assert.deepEqual(await reloaded, { kind: "reloaded" });
    assert.deepEqual(stage.worker(2).asked.at(-1), "drain");
  });

  test("fails when the group stops, and while it does not serve", async (context) => {
    const stage = new Stage(context, { workers: 1 });
    await stage.start();
    const reloaded = stage.group.reload();
    stage.group.killAll("told to hurry");
    assert.deepEqual(await reloaded, { kind: "failed", why: "the server stops" });
    assert.equal((await stage.group.reload()).kind, "failed");
  });
});

describe("a group whose disk holds broken code", () => {
  test("goes on with the workers that are left, and tries again", async (context) => {
    const stage = new Stage(context);
    await stage.start();
    await stage.worker(1).exit({ code: null, signal: "SIGKILL" });
    for (let pid = 3; pid < 8; pid += 1) {
      await stage.worker(pid).exit({ code: 4, signal: null });
      await stage.pass(8_000);
    }
    assert.ok(stage.group.pids.includes(2));
    assert.deepEqual(stage.worker(2).asked.includes("drain"), false);
    assert.match(
      stage.log.text,
      /ERROR Worker \(pid:3\) exited with status 4 before it was ready; 1 worker left, another is tried in 0.5 s/,
    );
  });
});

describe("a group that is resized", () => {
  test("spawns what is more, and drains what is fewer", async (context) => {
    const stage = new Stage(context);
    await stage.start();
    assert.equal(stage.group.resize(1), 3);
    await stage.worker(3).becomeReady();
    assert.equal(stage.group.resize(-2), 1);
    const drained = stage.workers.filter((worker) => worker.asked.includes("drain"));
    assert.equal(drained.length, 2);
  });

  test("keeps one worker at least, and says so", async (context) => {
    const stage = new Stage(context, { workers: 1 });
    await stage.start();
    assert.equal(stage.group.resize(-1), 1);
    assert.deepEqual(stage.worker(1).asked, []);
    assert.match(stage.log.text, /INFO Workers: 1, which is the least there can be/);
  });
});

describe("a worker that has had its time", () => {
  test("serves until its successor is ready, and the log says which limit it reached", async (context) => {
    const recycling = recyclingOf({ maxRequests: 10 });
    const stage = new Stage(context, { workers: 1, recycling });
    await stage.start();
    stage.worker(1).requestsServed = 12;
    await stage.pass(250);
    assert.deepEqual(stage.group.pids, [1, 2]);
    assert.equal(stage.worker(1).asked.includes("drain"), false);
    await stage.worker(2).becomeReady();
    await stage.worker(1).exit();
    assert.match(
      stage.log.text,
      /INFO Worker \(pid:1\) has ended: it has served 12 requests \(its limit: 10\)/,
    );
    assert.deepEqual(stage.ends, { "max-requests": 1 });
  });

  test("goes on where its successor does not boot", async (context) => {
    const recycling = recyclingOf({ maxWorkerAge: 1 });
    const stage = new Stage(context, { workers: 1, recycling });
    await stage.start();
    await stage.pass(1_000);
    await stage.worker(2).exit({ code: 4, signal: null });
    await stage.pass(10_000);
    assert.equal(stage.worker(1).asked.includes("drain"), false);
    assert.ok(stage.workers.length > 2, "no other successor was tried");
  });

  test("of its own will is replaced a moment later, and the log says why it left", async (context) => {
    const stage = new Stage(context, { workers: 1 });
    await stage.start();
    await stage.worker(1).retire("it was told to end");
    assert.deepEqual(stage.group.pids, [1]);
    await stage.pass(250);
    assert.deepEqual(stage.group.pids, [1, 2]);
    await stage.worker(1).exit();
    assert.match(stage.log.text, /INFO Worker \(pid:1\) has ended: it was told to end$/m);
    assert.deepEqual(stage.ends, { told: 1 });
  });
});

test("workers that are told to end just before the server is are not replaced", async (context) => {
  const stage = new Stage(context, { workers: 2 });
  await stage.start();
  for (const pid of [1, 2]) await stage.worker(pid).retire("it was told to end");
  await stage.worker(1).exit();
  const stopped = stage.group.stop();
  await stage.pass(1_000);
  await stage.worker(2).exit();
  await stopped;
  assert.equal(stage.workers.length, 2);
});

describe("a worker that was sent SIGKILL", () => {
  const killed = { code: null, signal: "SIGKILL" } as const;

  test("is said to have run out of memory when the kernel has counted that, and else not", async (context) => {
    const oomCounter = { oomKills: 3, eventsFile: "/sys/fs/cgroup/memory.events" };
    const stage = new Stage(context, { oomCounter });
    await stage.start();
    oomCounter.oomKills = 4;
    await stage.worker(1).exit(killed);
    await stage.worker(2).exit(killed);
    assert.deepEqual(stage.lost, [
      "ERROR Worker (pid:1) was sent SIGKILL: out of memory, as the kernel counts it (oom_kill is 4 in /sys/fs/cgroup/memory.events, and was 3); another takes its place",
      "ERROR Worker (pid:2) was sent SIGKILL; another takes its place in 0.5 s",
    ]);
  });
});
