import assert from "node:assert/strict";
import { test } from "node:test";
import { holdEngines, registerEngine, releaseEngines } from "../../src/embed/engines.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { Endings } from "../../src/processes/endings.ts";

function engineThatHeeds(): Engine {
  return {
    name: "heeds its deadline",
    start: () => Promise.resolve(() => []),
    stop: (deadline) => {
      deadline.addEventListener("abort", () => {}, { once: true });
      return Promise.resolve();
    },
    runtime: "none",
    reload: () => Promise.resolve({ kind: "reloaded" }),
    isWithoutWorkers: false,
    resize: () => 0,
    group: { wanted: 0, generation: 1, isReloading: false, workers: [] },
    endWorker: () => false,
    stats: () => ({
      ...{ workers: { booting: 0, ready: 0, draining: 0 }, threads: 0, busyThreads: 0 },
      ...{ busy: 0, queued: 0, served: 0, endings: new Endings().counts, pids: [] },
    }),
  };
}

test("engines stop without a warning of Node.js, however many there are", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on("warning", note);
  try {
    for (let engine = 0; engine < 20; engine += 1) registerEngine(engineThatHeeds());
    await holdEngines();
    await releaseEngines(new AbortController().signal);
    // Warnings come in the next turn.
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(warnings, []);
  } finally {
    process.off("warning", note);
  }
});
