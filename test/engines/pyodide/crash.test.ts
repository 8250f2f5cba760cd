/** One interpreter of two runs into a fault that is fatal to it, or nearly, while both are busy. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { OnPyodide } from "./on-pyodide.ts";

/** What is asked for, and what comes of it. */
const FAULTS = [
  { path: "/abort", statuses: [502], fault: "a fatal error of the interpreter" },
  { path: "/trap", statuses: [502], fault: "memory that does not exist" },
  { path: "/nest", statuses: [502], fault: "a recursion in C" },
  { path: "/throw", statuses: [500], fault: "an exception of JavaScript" },
  // Whether there is room left to raise MemoryError in is a matter of chance.
  { path: "/crumbs", statuses: [500, 502], fault: "many objects that fill its memory" },
];

const OTHERS = 40;

describe("of two interpreters under load", () => {
  let troubled: OnPyodide;

  before(async () => {
    const interpreterMemory = 128 * 1024 ** 2;
    troubled = await OnPyodide.start("troubles", { workers: 2, interpreterMemory });
  });

  after(() => troubled[Symbol.asyncDispose]());

  for (const { path, statuses, fault } of FAULTS) {
    test(`one meets with ${fault}, and costs its own request alone`, async () => {
      const others = Array.from({ length: OTHERS }, () => troubled.ask("/count"));
      const [faulty, ...answers] = await Promise.all([troubled.ask(path), ...others]);
      assert.ok(statuses.includes(faulty?.status ?? 0), troubled.log.text);
      assert.deepEqual(
        answers.map((answer) => answer.status),
        Array.from({ length: OTHERS }, () => 200),
      );
    });
  }
});
