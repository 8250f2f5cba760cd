/** The arithmetic of rate limits: a window that slides, and what clients are told of it. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Decision, decide, type Quota } from "../../src/middleware/gcra.ts";

/** The decisions about requests at these times, in seconds. */
function decisions(quota: Quota, times: readonly number[], start = 0): readonly Decision[] {
  let wholeAt: number | undefined;
  return times.map((time) => {
    const cell = decide(wholeAt, (start + time) * 1e6, quota);
    wholeAt = cell.wholeAt;
    return cell.decision;
  });
}

const allowed = (all: readonly Decision[]): readonly boolean[] => all.map((each) => each.isAllowed);

describe("a limit of 3 in 60 seconds", () => {
  const quota = { limit: 3, window: 60 };

  test("allows three at once, and then one for each 20 seconds", () => {
    const all = decisions(quota, [0, 0, 0, 0, 19.9, 20, 20, 40, 40]);
    assert.deepEqual(allowed(all), [true, true, true, false, false, true, false, true, false]);
  });

  test("tells what is left, when there is more, and when all is there again", () => {
    const [first, , third, refused] = decisions(quota, [0, 0, 0, 5]);
    assert.deepEqual(first, { isAllowed: true, remaining: 2, retryAfter: 0, resetAfter: 20 });
    assert.deepEqual(third, { isAllowed: true, remaining: 0, retryAfter: 20, resetAfter: 60 });
    assert.deepEqual(refused, { isAllowed: false, remaining: 0, retryAfter: 15, resetAfter: 55 });
  });

  test("allows who comes again after the time that it was told", () => {
    const [, , , refused] = decisions(quota, [0, 0, 0, 7]);
    const again = 7 + (refused?.retryAfter ?? 0);
    assert.deepEqual(allowed(decisions(quota, [0, 0, 0, 7, again])).at(-1), true);
  });

  test("saves nothing up beyond the limit", () => {
    assert.deepEqual(allowed(decisions(quota, [0, 6000, 6000, 6000, 6000])), [
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  test("tells of nothing left where the limit was larger before", () => {
    const { wholeAt } = decide(undefined, 0, { limit: 1, window: 600 });
    const { decision } = decide(wholeAt, 0, quota);
    assert.deepEqual(decision, {
      isAllowed: false,
      remaining: 0,
      retryAfter: 560,
      resetAfter: 600,
    });
  });

  test("does not count what it refuses", () => {
    const times = [0, 0, 0, ...Array.from({ length: 100 }, () => 1), 20];
    assert.equal(decisions(quota, times).at(-1)?.isAllowed, true);
  });
});

test("a limit is exact for times of this century and numbers that do not divide the window", () => {
  const start = Date.UTC(2099, 0, 1) / 1000;
  for (const limit of [1, 3, 7, 11, 97, 1000, 5000]) {
    for (const window of [0.5, 1, 60, 86_400]) {
      const times = Array.from({ length: limit + 1 }, () => 0);
      const all = decisions({ limit, window }, times, start);
      assert.equal(all.filter(({ isAllowed }) => isAllowed).length, limit);
      assert.deepEqual(all.map(({ remaining }) => remaining).slice(0, 2), [
        limit - 1,
        Math.max(0, limit - 2),
      ]);
    }
  }
});
