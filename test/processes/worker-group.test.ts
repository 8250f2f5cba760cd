import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import {
  BootError,
  type ProcessExit,
  WorkerGroup,
  type WorkerGroupOptions,
  type WorkerProcess,
} from "../../src/processes/worker-group.ts";

/** A worker whose life is in the test's hands. */
class FakeWorker implements WorkerProcess {
  readonly pid: number;
  readonly ready: Promise<void>;
  readonly exited: Promise<ProcessExit>;
  readonly retired: Promise<void> = new Promise(() => {});
  readonly asked: string[] = [];
  silentSince: number = Number.POSITIVE_INFINITY;
  requestsServed = 0;
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
  }

  async becomeReady(): Promise<void> {
    this.#markReady();
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
    void this.exit({ code: null, signal: "SIGKILL" });
  }

  giveUpBooting(): void {
    this.asked.push("give up booting");
    void this.exit({ code: 4, signal: null });
  }
}

/** A group of fake workers, on a clock that the test moves. */
class Stage {
  readonly workers: FakeWorker[] = [];
  readonly lost: string[] = [];
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
      spawn: (id) => this.#spawn(id),
      onSpawnFailed: () => {},
      onLost: (worker, exit) => this.lost.push(`${worker.pid} ${exit.code ?? exit.signal}`),
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
    assert.equal(stage.group.size, 0);
    await stage.pass(5_000);
    assert.equal(stage.workers.length, 2, "it went on trying");
  });

  test("does not start if a worker does not come up in time", async (context) => {
    const stage = new Stage(context, { workers: 1, bootTimeout: 1_000 });
    const started = assert.rejects(stage.group.start(), BootError);
    await stage.pass(1_000);
    assert.deepEqual(stage.worker(1).asked, []);
    await stage.pass(250);
    assert.deepEqual(stage.worker(1).asked, ["give up booting"]);
    await started;
  });

  test("replaces a worker that ends unasked at once, and tells", async (context) => {
    const stage = new Stage(context);
    await stage.start();
    await stage.worker(1).exit({ code: null, signal: "SIGSEGV" });
    assert.deepEqual(stage.lost, ["1 SIGSEGV"]);
    assert.deepEqual(stage.group.pids, [2, 3]);
    assert.equal(stage.group.restarts, 1);
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
    await stage.worker(9).exit();
    assert.equal(stage.workers.length, 10, "a worker that was ready is replaced at once");
    await stage.worker(10).exit();
    await stage.pass(500);
    assert.equal(stage.workers.length, 11, "after a success the pause is short again");
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
    assert.ok(stage.worker(1).asked.includes("kill: stopped answering"));
    assert.deepEqual(stage.lost, ["1 SIGKILL"]);
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
    assert.deepEqual(stage.worker(1).asked.at(-1), "kill: did not drain in time");
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
    assert.equal(stage.group.size, 0);
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
