import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NO_STATISTICS, type ServerStatistics } from "../../src/stats/server-statistics.ts";
import {
  CollectedStatistics,
  type CountingWorker,
} from "../../src/supervisor/collected-statistics.ts";

/** A server worker that answers if it is to. */
class FakeWorker implements CountingWorker {
  readonly pid: number;
  readonly closed: Promise<void>;
  statistics: ServerStatistics | undefined;
  hears = true;
  answers = true;
  close: () => void = () => {};

  constructor(pid: number, accepted: number) {
    this.pid = pid;
    this.counts(accepted);
    this.closed = new Promise((resolve) => {
      this.close = resolve;
    });
  }

  counts(accepted: number): void {
    const { totals, present } = NO_STATISTICS;
    this.statistics = {
      totals: { ...totals, connections: accepted },
      present: { ...present, inFlight: 1, pids: [this.pid * 10] },
    };
  }

  askStatistics(): Promise<boolean> {
    return Promise.resolve(this.answers);
  }
}

function collectedFrom(...workers: readonly FakeWorker[]): CollectedStatistics {
  const collected = new CollectedStatistics();
  for (const worker of workers) collected.add(worker);
  return collected;
}

describe("the statistics of server workers", () => {
  test("are summed", async () => {
    const collected = collectedFrom(new FakeWorker(1, 5), new FakeWorker(2, 7));
    const { totals, present, pids, silent } = await collected.ask();
    assert.equal(totals.connections, 12);
    assert.equal(present.inFlight, 2);
    assert.deepEqual([pids, present.pids, silent], [[1, 2], [10, 20], []]);
  });

  test("keep what one has counted that has ended", async () => {
    const first = new FakeWorker(1, 5);
    const collected = collectedFrom(first, new FakeWorker(2, 7));
    // Its last words come when it has exited already.
    first.counts(6);
    first.close();
    await first.closed;
    const { totals, present } = await collected.ask();
    assert.equal(totals.connections, 13);
    assert.equal(present.inFlight, 1);
  });

  test("name one that keeps silent: its counters stay, what it has now is unknown", async () => {
    const stuck = new FakeWorker(1, 5);
    stuck.answers = false;
    const { totals, present, silent } = await collectedFrom(stuck, new FakeWorker(2, 7)).ask();
    assert.equal(totals.connections, 12);
    assert.equal(present.inFlight, 1);
    assert.deepEqual(silent, [1]);
  });

  test("do not wait for one that boots", async () => {
    const booting = new FakeWorker(1, 0);
    booting.hears = false;
    booting.statistics = undefined;
    const { totals, pids, silent } = await collectedFrom(booting).ask();
    assert.deepEqual([totals.connections, pids, silent], [0, [], []]);
  });
});
