/** Who goes next when requests for several paths wait. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { FairQueue, type Waiting } from "../../src/engines/cpython/fair-queue.ts";

interface Job extends Waiting {
  readonly path: string;
  readonly takes: number;
}

function job(path: string, takes = 0): Job {
  return { path, takes, lane: undefined, expected: 0 };
}

function settle(done: Job | undefined): void {
  done?.lane?.settle(done.expected, done.takes);
}

function filled(
  ...groups: readonly [count: number, path: string, takes: number][]
): FairQueue<Job> {
  const queue = new FairQueue<Job>();
  for (const [count, path, takes] of groups) {
    for (let index = 0; index < count; index += 1) queue.push(job(path, takes), path);
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
  for (const takes of [1, 2, 3]) queue.push(job("/", takes), "/");
  queue.unshift(job("/", 0), "/");
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

test("a path for which nobody asked for long has saved up nothing", () => {
  const queue = filled([1_000, "/always", 1]);
  run(queue, (_, time) => time >= 900);
  for (let index = 0; index < 200; index += 1) queue.push(job("/new", 1), "/new");
  const order = run(queue, (_, time) => time >= 200);
  assert.equal(order.filter((path) => path === "/new").length, 100);
});

test("requests that waited too long are taken out, and the others stay in order", () => {
  const queue = new FairQueue<Job>();
  for (const takes of [1, 2, 3, 4]) queue.push(job("", takes), takes % 2 === 0 ? "/even" : "/odd");
  const over = queue.takeOver(({ takes }) => takes === 2 || takes === 3);
  assert.deepEqual(
    over.map(({ takes }) => takes),
    [3, 2],
  );
  assert.equal(queue.size, 2);
  const rest = [queue.shift(), queue.shift(), queue.shift()];
  assert.deepEqual(
    rest.map((each) => each?.takes),
    [1, 4, undefined],
  );
});

test("many paths are not remembered for ever, and none that waits is forgotten", () => {
  const queue = new FairQueue<Job>();
  for (let count = 0; count < 10_000; count += 1) {
    queue.push(job(`/${count}`, 50), `/${count}`);
    if (count >= 500) settle(queue.shift());
  }
  assert.equal(queue.size, 500);
  assert.equal(queue.isSlow("/0"), false);
  let left = 0;
  while (queue.shift() !== undefined) left += 1;
  assert.equal(left, 500);
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
  assert.equal(queue.isSlow("/never-asked-for"), false);
});
