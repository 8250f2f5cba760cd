import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogger } from "../../src/log/logger.ts";
import { observedLog } from "../../src/log/observed-log.ts";

test("an observer is told of each line, also of those that the level leaves out", () => {
  const written: string[] = [];
  const told: string[] = [];
  const destination = { write: (text: string) => void written.push(text) };
  const plain = createLogger({ destination, level: "error", pid: 7, now: () => 0 });
  const log = observedLog(plain, (level, message) => told.push(`${level}: ${message}`));
  log.warning("small");
  log.error("large");
  log.raw("text of an application");
  assert.deepEqual(told, ["warning: small", "error: large"]);
  assert.equal(written.length, 2);
  assert.match(written[0] ?? "", /\[7\] \[ERROR\] large\n$/);
  assert.equal(written[1], "text of an application");
});
