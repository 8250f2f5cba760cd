/** What importing portico costs those who do not lint. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { test } from "node:test";
import { stopwatch } from "../../src/development/stopwatch.ts";

const OPEN = "/proc/self/fd";

function schedules(): number {
  const links = readdirSync(OPEN).map((name) => {
    try {
      return readlinkSync(`${OPEN}/${name}`);
    } catch {
      // The descriptor of the directory itself, which is closed by now.
      return "";
    }
  });
  return links.filter((link) => link.endsWith("/schedstat")).length;
}

test("the scheduler's file is opened once, by the first that measures", {
  skip: !existsSync("/proc/thread-self/schedstat"),
}, () => {
  assert.equal(schedules(), 0);
  stopwatch()();
  stopwatch()();
  assert.equal(schedules(), 1);
});
