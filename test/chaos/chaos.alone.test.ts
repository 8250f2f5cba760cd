import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CHAOS_TARGETS, runChaos, told } from "./chaos.ts";

describe("whatever happens to it, a server answers each request once, for itself, and leaves nothing behind:", () => {
  for (const target of CHAOS_TARGETS) {
    test(`a ${target} application`, async (context) => {
      const seed = Date.now() % 2 ** 32;
      const report = await runChaos({ target, milliseconds: 8_000, seed, clients: 12 });
      context.diagnostic(`seed ${seed}, ${told(report)}`);
      assert.deepEqual(report.faults, [], `seed ${seed}\n${report.log}`);
      assert.ok(
        (report.outcomes.get("200") ?? 0) > 100,
        `seed ${seed}: hardly anything was answered`,
      );
    });
  }
});
