/** How slow a client may be, on a clock in milliseconds. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AnswerPace, BodyPace } from "../../../src/frontends/http1/pace.ts";

const LIMITS = { silence: 30_000, minRate: 240 };

describe("a body on its way in", () => {
  test("may be silent for so long from its beginning", () => {
    const pace = new BodyPace(LIMITS);
    pace.start(1_000);
    assert.equal(pace.deadline, 31_000);
  });

  test("wins no time by a byte now and then", () => {
    const pace = new BodyPace(LIMITS);
    pace.start(0);
    for (let second = 1; second <= 30; second += 1) pace.took(1, second * 1000);
    assert.equal(pace.deadline, 30_000 + (30 * 1000) / 240);
  });

  test("has the time that its rate wins, and no silence longer than allowed", () => {
    const pace = new BodyPace(LIMITS);
    pace.start(0);
    pace.took(240 * 10, 5_000);
    assert.equal(pace.deadline, 35_000);
    pace.took(0, 20_000);
    assert.equal(pace.deadline, 40_000);
  });

  test("loses no time while the server does not read", () => {
    const pace = new BodyPace(LIMITS);
    pace.start(0);
    pace.pause(10_000);
    pace.pause(20_000);
    pace.resume(70_000);
    assert.equal(pace.deadline, 60_000 + 30_000);
  });

  test("knows no rate where none is set", () => {
    const pace = new BodyPace({ silence: 30_000, minRate: 0 });
    pace.start(0);
    pace.took(1, 900_000);
    assert.equal(pace.deadline, 930_000);
  });
});

/** Notes and judges in one step. */
function look(pace: AnswerPace, taken: number, waits: boolean, now: number): boolean {
  pace.note(taken, waits, now);
  return pace.isTooSlow(now);
}

describe("an answer on its way out", () => {
  test("may wait for so long without being taken", () => {
    const pace = new AnswerPace(LIMITS);
    assert.equal(look(pace, 5_000, true, 1_000), false);
    assert.equal(look(pace, 5_000, true, 30_999), false);
    assert.equal(look(pace, 5_000, true, 31_000), true);
  });

  test("is too slow where it waits all the time and is taken in sips", () => {
    const pace = new AnswerPace(LIMITS);
    let isTooSlow = false;
    let now = 0;
    for (; now <= 60_000 && !isTooSlow; now += 1_000) {
      isTooSlow = look(pace, now / 1000, true, now);
    }
    assert.equal(now, 31_000);
  });

  test("is not too slow at the rate that is asked for", () => {
    const pace = new AnswerPace(LIMITS);
    for (let now = 0; now <= 600_000; now += 1_000) {
      assert.equal(look(pace, (now / 1000) * 240, true, now), false, `at ${now}`);
    }
  });

  test("begins anew once all of it was taken, however little that is", () => {
    const pace = new AnswerPace(LIMITS);
    for (let now = 0; now <= 600_000; now += 5_000) {
      assert.equal(look(pace, now / 1000, now % 10_000 === 0, now), false, `at ${now}`);
    }
  });

  test("tells when its client moved last", () => {
    const pace = new AnswerPace(LIMITS);
    look(pace, 10, true, 1_000);
    look(pace, 10, true, 2_000);
    assert.equal(pace.movedAt, 1_000);
  });
});
