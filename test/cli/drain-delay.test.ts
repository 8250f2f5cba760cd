import assert from "node:assert/strict";
import { test } from "node:test";
import { passDrainDelay } from "../../src/cli/drain-delay.ts";

const AN_HOUR = 3_600_000;

/** A service that notes when it is told to end keep-alive. */
function told() {
  const service = {
    times: 0,
    endKeepAlive: () => {
      service.times += 1;
    },
  };
  return service;
}

test("in the second half of the delay answers are their connections' last", async () => {
  const service = told();
  const hurry = new AbortController();
  const start = performance.now();
  service.endKeepAlive = () => {
    service.times += 1;
    // A timer may fire a millisecond early.
    assert.ok(performance.now() - start >= 49);
  };
  await passDrainDelay(100, service, hurry.signal);
  assert.equal(service.times, 1);
  assert.ok(performance.now() - start >= 98);
});

test("who hurries waits for neither half", async () => {
  const service = told();
  const hurry = new AbortController();
  const passed = passDrainDelay(AN_HOUR, service, hurry.signal);
  hurry.abort();
  await passed;
  await passDrainDelay(AN_HOUR, service, hurry.signal);
});
