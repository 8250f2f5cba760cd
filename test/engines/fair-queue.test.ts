/** Who goes next when requests for several paths wait. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { FairQueue, type Waiting } from "../../src/engines/cpython/fair-queue.ts";

interface Job extends Waiting {
  readonly takes: number;
}

function job(path: string, takes = 0): Job {
  return { path, takes, lane: undefined, expected: 0 };
}

function settle(done: Job | undefined): void {
  done?.lane?.settle(done, done.takes);
}

function filled(
  ...groups: readonly [count: number, path: string, takes: number][]
): FairQueue<Job> {
  const queue = new FairQueue<Job>();
  for (const [count, path, takes] of groups) {
    for (let index = 0; index < count; index += 1) queue.push(job(path, takes));
  }
  return queue;
}

/** Runs jobs one after the other, as one worker would, until `isOver`. */
function run(queue: FairQueue<Job>, isOver: (job: Job, time: number) => boolean): string[] {
  const order: string[] = [];
  let time = 0;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    order.push(next.path);
    time += next.takes;
    settle(next);
    if (isOver(next, time)) break;
  }
  return order;
}

test("requests for one path keep their order", () => {
  const queue = new FairQueue<Job>();
  for (const takes of [1, 2, 3]) queue.push(job("/", takes));
  queue.unshift(job("/", 0));
  const order = [0, 1, 2, 3].map(() => queue.shift()?.takes);
  assert.deepEqual(order, [0, 1, 2, 3]);
  assert.equal(queue.shift(), undefined);
  assert.equal(queue.size, 0);
});

test("a hundred slow requests that came first do not keep the fast ones waiting for all of them", () => {
  const queue = filled([100, "/slow", 100], [100, "/fast", 1]);
  let fast = 0;
  const order = run(queue, (job) => {
    if (job.path === "/fast") fast += 1;
    return fast === 100;
  });
  assert.ok(order.filter((path) => path === "/slow").length <= 3, order.join(" "));
});

test("each path has its share of the time, the slow one too", () => {
  const queue = filled([50, "/slow", 50], [5_000, "/fast", 1]);
  const order = run(queue, (_, time) => time >= 4_000);
  const slow = order.filter((path) => path === "/slow").length * 50;
  assert.ok(slow > 1_800 && slow < 2_200, `${slow} ms of 4,000`);
});

test("a slow path for which nobody asked for long has saved up nothing", () => {
  const queue = filled([1, "/slow", 50], [2_000, "/", 1]);
  run(queue, (_, time) => time >= 1_500);
  for (let count = 0; count < 20; count += 1) queue.push(job("/slow", 50));
  const order = run(queue, (_, time) => time >= 500);
  const slow = order.filter((path) => path === "/slow").length * 50;
  assert.ok(slow >= 200 && slow <= 300, `${slow} ms of 500`);
});

test("ever new paths, slow or quick, do not keep an old one waiting", () => {
  for (const takes of [1, 50]) {
    const queue = new FairQueue<Job>();
    for (let count = 0; count < 40; count += 1) queue.push(job(`/${count}`, takes));
    // Twice, for the second time it is known to take as long as they do.
    for (const round of ["first", "second"]) {
      queue.push(job("/home", takes));
      let turns = 0;
      let next = queue.shift();
      for (; next !== undefined && next.path !== "/home"; next = queue.shift()) {
        settle(next);
        turns += 1;
        queue.push(job(`/new-${round}-${turns}`, takes));
      }
      settle(next);
      assert.ok(turns <= 41, `${turns} others came first`);
    }
  }
});

test("what was found to be slow while it waited goes to its own lane", () => {
  const queue = filled([3, "/slow", 50], [1, "/", 1]);
  settle(queue.shift());
  assert.equal(queue.shift()?.path, "/");
});

test("a path that is quick again shares the lane of all others again", () => {
  const queue = new FairQueue<Job>();
  for (const takes of [10, 1, 1, 1, 1, 1, 1]) {
    queue.push(job("/", takes));
    settle(queue.shift());
  }
  assert.equal(queue.isSlow("/"), false);
});

test("a path that was slow once is quick again, though its requests never cease to wait", () => {
  const queue = filled([1, "/", 10], [100, "/", 1]);
  settle(queue.shift());
  assert.equal(queue.isSlow("/"), true);
  assert.equal(queue.shiftQuick(), undefined);
  for (let count = 0; count < 10; count += 1) settle(queue.shift());
  assert.equal(queue.isSlow("/"), false);
  assert.equal(queue.shiftQuick()?.path, "/");
});

test("requests that waited too long are taken out, and the others stay in order", () => {
  const queue = new FairQueue<Job>();
  for (const takes of [1, 2, 3, 4]) queue.push(job("/", takes));
  const over = queue.takeOver(({ takes }) => takes === 2 || takes === 3);
  assert.deepEqual(
    over.map(({ takes }) => takes),
    [2, 3],
  );
  assert.equal(queue.size, 2);
  const rest = [queue.shift(), queue.shift(), queue.shift()];
  assert.deepEqual(
    rest.map((each) => each?.takes),
    [1, 4, undefined],
  );
});

test("only so many slow paths are remembered, and no request of any is lost", () => {
  const queue = new FairQueue<Job>();
  for (let count = 0; count < 1_000; count += 1) {
    queue.push(job(`/${count}`, 50));
    settle(queue.shift());
    queue.push(job(`/${count}`, 50));
  }
  assert.equal(queue.size, 1_000);
  let left = 0;
  while (queue.shift() !== undefined) left += 1;
  assert.equal(left, 1_000);
});

test("a request that is known to be slow is not given out where only quick ones may go", () => {
  const queue = filled([2, "/slow", 50], [1, "/fast", 1]);
  assert.equal(queue.isSlow("/slow"), false);
  settle(queue.shift());
  settle(queue.shift());
  assert.equal(queue.shiftQuick(), undefined);
  assert.equal(queue.shift()?.path, "/slow");
  assert.equal(queue.isSlow("/slow"), true);
  assert.equal(queue.isSlow("/fast"), false);
});

test("what ends late in a forgotten lane does not take the path's new lane with it", () => {
  const queue = new FairQueue<Job>();
  const given = (path: string, takes: number): Job | undefined => {
    queue.push(job(path, takes));
    return queue.shift();
  };
  settle(given("/", 10));
  // Two of its own lane are under way; the first ones make it quick, and so it is forgotten.
  const late = given("/", 0);
  for (let count = 0; count < 5; count += 1) settle(given("/", 0));
  assert.equal(queue.isSlow("/"), false);
  settle(given("/", 10));
  queue.push(job("/", 10));
  settle(late);
  assert.equal(queue.size, 1);
  assert.equal(queue.shift()?.path, "/");
});
