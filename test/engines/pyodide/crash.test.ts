/** One interpreter of two runs into a fault that is fatal to it, or nearly, while both are busy. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { OnPyodide } from "./on-pyodide.ts";

/** What is asked for, and what comes of it. */
const FAULTS = [
  { path: "/abort", status: 502, fault: "a fatal error of the interpreter" },
  { path: "/trap", status: 502, fault: "memory that does not exist" },
  { path: "/nest", status: 502, fault: "a recursion in C" },
  { path: "/throw", status: 500, fault: "an exception of JavaScript" },
  { path: "/crumbs", status: 502, fault: "many objects that fill its memory" },
];

const OTHERS = 40;

describe("of two interpreters under load", () => {
  let troubled: OnPyodide;

  before(async () => {
    const interpreterMemory = 128 * 1024 ** 2;
    troubled = await OnPyodide.start("troubles", { workers: 2, interpreterMemory });
  });

  after(() => troubled[Symbol.asyncDispose]());

  for (const { path, status, fault } of FAULTS) {
    test(`one meets with ${fault}, and costs its own request alone`, async () => {
      const others = Array.from({ length: OTHERS }, () => troubled.ask("/count"));
      const [faulty, ...answers] = await Promise.all([troubled.ask(path), ...others]);
      assert.equal(faulty?.status, status, troubled.log.text);
      assert.deepEqual(
        answers.map((answer) => answer.status),
        Array.from({ length: OTHERS }, () => 200),
      );
    });
  }
});
