import assert from "node:assert/strict";
import { test } from "node:test";
import { lastError, notingLog } from "../../src/log/last-error.ts";
import { RecordedLog } from "../support/recorded-log.ts";

const NOON = Date.parse("2026-11-21T12:00:00Z");

function shortened(message: string): string {
  return lastError(message, NOON).text;
}

test("a line is kept as it is, with its time", () => {
  assert.deepEqual(lastError("Worker (pid:7) was sent SIGKILL", NOON), {
    at: "2026-11-21T12:00:00.000Z",
    text: "Worker (pid:7) was sent SIGKILL",
  });
});

test("of a traceback what was raised is kept, in both languages", () => {
  const python = `Error handling request GET /fail
Traceback (most recent call last):
  File "/srv/shop.py", line 4, in app
    raise RuntimeError("on purpose")
RuntimeError: on purpose
`;
  assert.equal(shortened(python), "Error handling request GET /fail: RuntimeError: on purpose");
  const node = `Error handling request GET /fail
Error: on purpose
    at application (/srv/shop.ts:7:9)
    at run (/srv/portico.js:1:1) {
  [cause]: 1
}`;
  assert.equal(shortened(node), "Error handling request GET /fail: Error: on purpose");
});

test("what is very long is cut", () => {
  const text = shortened("x".repeat(1_000));
  assert.equal(text.length, 200);
  assert.ok(text.endsWith("x…"));
});

test("a log keeps the last error that was written to it, and loses no line", () => {
  const log = new RecordedLog();
  const noting = notingLog(log);
  assert.deepEqual([noting.lastError], [undefined]);
  noting.debug("one");
  noting.error("two");
  noting.critical("three");
  noting.info("four");
  noting.warning("five");
  noting.raw("six");
  assert.equal(noting.lastError?.text, "three");
  assert.deepEqual(log.lines, [
    ...["DEBUG one", "ERROR two", "CRITICAL three", "INFO four", "WARNING five", "six"],
  ]);
});
