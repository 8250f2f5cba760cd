import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { accessLogTime, errorLogTime } from "../../src/log/local-time.ts";

const TIME = Date.UTC(2026, 10, 21, 3, 58, 9, 999);

afterEach(() => {
  process.env.TZ = "UTC";
});

test("the error log's time is gunicorn's", () => {
  process.env.TZ = "UTC";
  assert.equal(errorLogTime()(TIME), "[2026-11-21 03:58:09 +0000]");
});

test("the access log's time is the Common Log Format's", () => {
  process.env.TZ = "UTC";
  assert.equal(accessLogTime()(TIME), "[21/Nov/2026:03:58:09 +0000]");
});

test("both are in the machine's time zone and say its offset", () => {
  process.env.TZ = "Asia/Kolkata";
  assert.equal(errorLogTime()(TIME), "[2026-11-21 09:28:09 +0530]");
  process.env.TZ = "America/St_Johns";
  assert.equal(accessLogTime()(TIME), "[21/Nov/2026:00:28:09 -0330]");
});

test("a new second gives a new text", () => {
  process.env.TZ = "UTC";
  const time = errorLogTime();
  assert.equal(time(TIME), "[2026-11-21 03:58:09 +0000]");
  assert.equal(time(TIME + 1), "[2026-11-21 03:58:10 +0000]");
});
