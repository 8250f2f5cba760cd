import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Cause, Dismissal } from "../../src/processes/endings.ts";
import { type Action, plan, type Target, type WorkerFacts } from "../../src/processes/plan.ts";
import { type Pace, Simulation } from "./simulation.ts";

const NOW = 1_000_000;

function target(changes: Partial<Target> = {}): Target {
  return {
    workers: 2,
    generation: 1,
    maxWorkerAge: Number.POSITIVE_INFINITY,
    maxRss: Number.POSITIVE_INFINITY,
    bootTimeout: 60_000,
    heartbeatTimeout: 30_000,
    drainTimeout: 20_000,
    spawnNotBefore: 0,
    ...changes,
  };
}

function worker(id: number, changes: Partial<WorkerFacts> = {}): WorkerFacts {
  return {
    id,
    generation: 1,
    stage: "ready",
    stageSince: NOW,
    silentSince: Number.POSITIVE_INFINITY,
    requestsServed: 0,
    maxRequests: Number.POSITIVE_INFINITY,
    peakRss: 0,
    replaceFor: undefined,
    ...changes,
  };
}

const booting = (id: number, changes: Partial<WorkerFacts> = {}): WorkerFacts =>
  worker(id, { stage: "booting", ...changes });
const draining = (id: number, changes: Partial<WorkerFacts> = {}): WorkerFacts =>
  worker(id, { stage: "draining", ...changes });

const SPAWN: Action = { do: "spawn" };
const drain = (id: number, why = "it is one too many", cause: Cause = "resize"): Action => ({
  do: "drain",
  id,
  cause,
  why,
});
const NEW_CODE = "the application was loaded anew";
const WORN: Dismissal = { cause: "timeout", why: "a thread does not come back" };
const MEBIBYTE = 1024 ** 2;
const kill = (id: number, why: string): Action => ({ do: "kill", id, why });

/** Promise, target, workers, actions. */
type Row = readonly [string, Target, readonly WorkerFacts[], readonly Action[]];

const TABLE: readonly Row[] = [
  ["at first all workers are spawned", target({ workers: 3 }), [], [SPAWN, SPAWN, SPAWN]],
  ["enough workers are left alone", target(), [worker(1), worker(2)], []],
  ["workers that boot count as there", target(), [booting(1), worker(2)], []],
  ["a worker that drains is replaced at once", target(), [draining(1), worker(2)], [SPAWN]],
  ["a worker that was lost is replaced", target(), [worker(2)], [SPAWN]],
  ["a worker too many drains", target({ workers: 1 }), [worker(1), worker(2)], [drain(1)]],
  [
    "none drains before its replacement is ready",
    target({ workers: 1, generation: 2 }),
    [worker(1), booting(2, { generation: 2 })],
    [],
  ],
  [
    "a worker of an older generation gets a successor first",
    target({ generation: 2 }),
    [worker(1), worker(2)],
    [SPAWN],
  ],
  [
    "the worker of the older generation is the one that drains",
    target({ workers: 1, generation: 2 }),
    [worker(2, { generation: 2 }), worker(1)],
    [drain(1, NEW_CODE, "reload")],
  ],
  [
    "a worker that has served its requests gets a successor",
    target(),
    [
      worker(1, { requestsServed: 99, maxRequests: 100 }),
      worker(2, { requestsServed: 100, maxRequests: 100 }),
    ],
    [SPAWN],
  ],
  [
    "each worker has a limit of its own",
    target({ workers: 1 }),
    [worker(1, { requestsServed: 100, maxRequests: 117 })],
    [],
  ],
  [
    "the worker that is worn is the one that drains, not the one that has served most",
    target({ workers: 1 }),
    [
      worker(1, { requestsServed: 300, maxRequests: 400 }),
      worker(2, { requestsServed: 101, maxRequests: 100 }),
    ],
    [drain(2, "it has served 101 requests (its limit: 100)", "max-requests")],
  ],
  [
    "a worker that somebody wants another for gets a successor",
    target({ workers: 1 }),
    [worker(1, { replaceFor: "it is disliked" })],
    [SPAWN],
  ],
  [
    "the one that somebody wanted another for drains when its successor is ready",
    target({ workers: 1 }),
    [worker(1, { replaceFor: "it is disliked" }), worker(2, { requestsServed: 9 })],
    [drain(1, "it is disliked", "told")],
  ],
  [
    "a worker that has grown old gets a successor",
    target({ workers: 1, maxWorkerAge: 60_000 }),
    [worker(1, { stageSince: NOW - 60_000 })],
    [SPAWN],
  ],
  [
    "the old worker drains when its successor is ready",
    target({ workers: 1, maxWorkerAge: 60_000 }),
    [worker(1, { stageSince: NOW - 60_250 }), worker(2, { requestsServed: 9 })],
    [drain(1, "it is 60.3 s old (its limit: 60 s)", "max-age")],
  ],
  [
    "a worker that has held too much memory gets a successor",
    target({ workers: 1, maxRss: 200 * MEBIBYTE }),
    [worker(1, { stageSince: NOW - 5_000, peakRss: 200 * MEBIBYTE })],
    [SPAWN],
  ],
  [
    "one that holds too much from the first is given some seconds",
    target({ workers: 1, maxRss: 200 * MEBIBYTE }),
    [worker(1, { stageSince: NOW - 4_750, peakRss: 200 * MEBIBYTE })],
    [],
  ],
  [
    "the one that has held too much drains when its successor is ready",
    target({ workers: 1, maxRss: 200 * MEBIBYTE }),
    [
      worker(1, { stageSince: NOW - 60_000, peakRss: 234 * MEBIBYTE }),
      worker(2, { peakRss: 60 * MEBIBYTE }),
    ],
    [drain(1, "it held 234 MiB of memory (its limit: 200 MiB)", "max-rss")],
  ],
  [
    "a worker that says itself that it is worn gets a successor",
    target({ workers: 2 }),
    [worker(1, { worn: WORN }), worker(2)],
    [SPAWN],
  ],
  [
    "and drains for that reason when its successor is ready",
    target({ workers: 2 }),
    [worker(1), worker(2, { worn: WORN }), worker(3)],
    [drain(2, WORN.why, WORN.cause)],
  ],
  [
    "none gets a successor beside a worker that is missing",
    target({ workers: 2, maxWorkerAge: 1_000 }),
    [worker(1, { stageSince: 0 }), booting(2)],
    [],
  ],
  [
    "a worker that boots with code that is no longer wanted is dropped for one with the new code",
    target({ workers: 2, generation: 3 }),
    [worker(1, { generation: 3 }), booting(2, { generation: 2 })],
    [SPAWN, drain(2, "its code is not wanted", "reload")],
  ],
  [
    "after a reload that failed nothing boots any more",
    target({ workers: 1 }),
    [worker(1), booting(2, { generation: 2 })],
    [drain(2, "its code is not wanted", "reload")],
  ],
  [
    "of workers that boot the newest is dropped when fewer are wanted",
    target({ workers: 2 }),
    [worker(1), booting(2), booting(3)],
    [drain(3)],
  ],
  [
    "one successor at a time is spawned",
    target({ workers: 3, generation: 2 }),
    [worker(1), worker(2), worker(3), booting(4, { generation: 2 })],
    [],
  ],
  ["nothing is spawned during the pause", target({ spawnNotBefore: NOW + 1 }), [worker(1)], []],
  ["when the pause is over it is", target({ spawnNotBefore: NOW }), [worker(1)], [SPAWN]],
  [
    "no successor is spawned during the pause either",
    target({ generation: 2, spawnNotBefore: NOW + 1 }),
    [worker(1), worker(2)],
    [],
  ],
  [
    "a worker that boots for as long as it may is left to",
    target({ workers: 1 }),
    [booting(1, { stageSince: NOW - 60_000 })],
    [],
  ],
  [
    "a worker that boots for longer is killed",
    target({ workers: 1 }),
    [booting(1, { stageSince: NOW - 60_001 })],
    [kill(1, "it was not ready within 60 s")],
  ],
  [
    "a worker that drains for too long is killed",
    target({ workers: 1 }),
    [worker(1), draining(2, { stageSince: NOW - 20_001 })],
    [kill(2, "it did not finish within 20 s")],
  ],
  [
    "a worker that has not answered for too long is killed",
    target({ workers: 1 }),
    [worker(1, { silentSince: NOW - 30_001 })],
    [kill(1, "it gave no sign of life for 30 s")],
  ],
  [
    "a worker that nobody has asked anything may be silent for ever",
    target({ workers: 1 }),
    [worker(1, { stageSince: NOW - 1e9 })],
    [],
  ],
  [
    "while it boots a worker need not answer",
    target({ workers: 1 }),
    [booting(1, { silentSince: NOW - 50_000 })],
    [],
  ],
  [
    "without limits no worker is ever killed",
    target({
      workers: 2,
      bootTimeout: Number.POSITIVE_INFINITY,
      heartbeatTimeout: Number.POSITIVE_INFINITY,
      drainTimeout: Number.POSITIVE_INFINITY,
    }),
    [booting(1, { stageSince: 0 }), worker(2, { silentSince: 0 }), draining(3, { stageSince: 0 })],
    [],
  ],
];

describe("plan", () => {
  for (const [promise, wanted, workers, actions] of TABLE) {
    test(promise, () => assert.deepEqual(plan(wanted, workers, NOW), actions));
  }
});

describe("a simulated reload", () => {
  for (const workers of [1, 2, 5]) {
    test(`of ${workers} never has fewer ready than wanted, and ends with new ones alone`, () => {
      const simulation = new Simulation(target({ workers }), { boot: 700, drain: 1_900 });
      simulation.runUntil((facts) => readyOf(facts).length === workers);
      simulation.target = { ...simulation.target, generation: 2 };
      const isDone = (facts: readonly WorkerFacts[]): boolean =>
        facts.length === workers && facts.every((fact) => fact.generation === 2);
      simulation.runUntil(isDone, (facts) => {
        assert.ok(readyOf(facts).length >= workers, "fewer ready than wanted");
        const serving = facts.filter((fact) => fact.stage !== "draining");
        assert.ok(serving.length <= workers + 1, "more than one successor at a time");
      });
      assert.deepEqual(plan(simulation.target, simulation.facts, simulation.now), []);
    });
  }

  test("kills a worker that does not end its drain, and no other", () => {
    const simulation = new Simulation(target(), { boot: 700, drain: Number.POSITIVE_INFINITY });
    simulation.runUntil((facts) => readyOf(facts).length === 2);
    simulation.target = { ...simulation.target, generation: 2 };
    simulation.runUntil((facts) => facts.length === 2 && facts.every((f) => f.generation === 2));
    assert.deepEqual([...new Set(simulation.kills)].sort(), [
      "1: it did not finish within 20 s",
      "2: it did not finish within 20 s",
    ]);
  });

  test("of an application that no longer boots keeps the old workers serving", () => {
    const simulation = new Simulation(target(), { boot: 700, drain: 100 });
    simulation.runUntil((facts) => readyOf(facts).length === 2);
    simulation.target = { ...simulation.target, generation: 2 };
    simulation.pace = { boot: Number.POSITIVE_INFINITY, drain: 100 };
    const end = simulation.now + 10 * 60_000;
    simulation.runUntil(
      () => simulation.now > end,
      (facts) => assert.equal(readyOf(facts).filter((fact) => fact.generation === 1).length, 2),
    );
    assert.ok(simulation.kills.every((line) => line.endsWith("it was not ready within 60 s")));
    assert.ok(simulation.kills.length >= 9, "no successor was tried again");
  });
});

describe("workers that are worn", () => {
  const pace: Pace = { boot: 300, drain: 300, requestsPerStep: 1, rssPerStep: MEBIBYTE };

  for (const [by, limits, jitter] of [
    ["by requests", {}, { maxRequests: 50 }],
    ["by requests, each at another number", {}, { maxRequests: 50, maxRequestsJitter: 20 }],
    ["by age", { maxWorkerAge: 5_000 }, {}],
    ["by memory", { maxRss: 50 * MEBIBYTE }, {}],
    ["in all ways at once", { maxWorkerAge: 3_000, maxRss: 20 * MEBIBYTE }, { maxRequests: 10 }],
  ] as const) {
    test(`${by} are renewed one by one, without a gap`, () => {
      const simulation = new Simulation(target({ workers: 3, ...limits }), pace, jitter);
      simulation.runUntil((facts) => readyOf(facts).length === 3);
      simulation.runUntil(
        (facts) => facts.every((fact) => fact.id > 9),
        (facts) => {
          assert.ok(readyOf(facts).length >= 3, "a gap");
          const serving = facts.filter((fact) => fact.stage !== "draining");
          assert.ok(serving.length <= 4, "more than one successor at a time");
        },
      );
    });
  }

  test("go on where their successors no longer boot, and are replaced when they do again", () => {
    const simulation = new Simulation(target({ workers: 2 }), pace, { maxRequests: 20 });
    simulation.runUntil((facts) => readyOf(facts).length === 2);
    simulation.pace = { ...pace, boot: Number.POSITIVE_INFINITY };
    const end = simulation.now + 10 * 60_000;
    simulation.runUntil(
      () => simulation.now > end,
      (facts) => assert.ok(readyOf(facts).length >= 2, "one was given up for nothing"),
    );
    simulation.pace = pace;
    const before = Math.max(...simulation.facts.map((fact) => fact.id));
    simulation.runUntil((facts) => facts.every((fact) => fact.id > before));
  });
});

function readyOf(facts: readonly WorkerFacts[]): readonly WorkerFacts[] {
  return facts.filter((fact) => fact.stage === "ready");
}
