import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogLevel } from "../../src/log/levels.ts";
import { createLogger, type Logger } from "../../src/log/logger.ts";

process.env.TZ = "UTC";

function recording(level?: LogLevel): { readonly logger: Logger; readonly text: () => string } {
  let text = "";
  const destination = {
    write(more: string): void {
      text += more;
    },
  };
  const now = () => Date.UTC(2026, 10, 21, 3, 58, 9);
  const common = { destination, pid: 4711, now };
  const logger = createLogger(level === undefined ? common : { ...common, level });
  return { logger, text: () => text };
}

test("a line has gunicorn's form", () => {
  const { logger, text } = recording();
  logger.info("Listening at: http://127.0.0.1:8000 (4711)");
  assert.equal(
    text(),
    "[2026-11-21 03:58:09 +0000] [4711] [INFO] Listening at: http://127.0.0.1:8000 (4711)\n",
  );
});

test("each level has its name", () => {
  const { logger, text } = recording("debug");
  logger.debug("a");
  logger.info("b");
  logger.warning("c");
  logger.error("d");
  logger.critical("e");
  assert.deepEqual(
    text()
      .split("\n")
      .map((line) => line.slice(35)),
    ["[DEBUG] a", "[INFO] b", "[WARNING] c", "[ERROR] d", "[CRITICAL] e", ""],
  );
});

test("lines below the level are dropped; without a level, debug lines are", () => {
  const silent = recording("error");
  silent.logger.warning("no");
  silent.logger.info("no");
  assert.equal(silent.text(), "");
  const usual = recording();
  usual.logger.debug("no");
  assert.equal(usual.text(), "");
});

test("a traceback keeps its lines and ends in one line end", () => {
  const { logger, text } = recording();
  logger.error("Exception\nTraceback:\n  boom\n");
  assert.equal(
    text(),
    "[2026-11-21 03:58:09 +0000] [4711] [ERROR] Exception\nTraceback:\n  boom\n",
  );
});

test("an application's text is written as it is, whatever the level", () => {
  const { logger, text } = recording("critical");
  logger.raw("a");
  logger.raw("");
  logger.raw("b\n");
  assert.equal(text(), "ab\n");
});

test("a log line never continues an application's unfinished one", () => {
  const { logger, text } = recording();
  logger.raw("unfinished");
  logger.info("x");
  logger.info("y");
  assert.equal(
    text(),
    "unfinished\n[2026-11-21 03:58:09 +0000] [4711] [INFO] x\n[2026-11-21 03:58:09 +0000] [4711] [INFO] y\n",
  );
});

test("no line of a message passes for an entry, nor drives a terminal", () => {
  const { logger, text } = recording();
  logger.error("ValueError: a\n[2026-11-21 03:58:09 +0000] [1] [INFO] Ready\n\x1b[2J\r\tb\x9b");
  assert.equal(
    text().slice(35),
    "[ERROR] ValueError: a\n  [2026-11-21 03:58:09 +0000] [1] [INFO] Ready\n\\u001b[2J\\r\tb\\u009b\n",
  );
});

test("an entry about a request that has an id names it", () => {
  const { logger, text } = recording();
  logger.error("Error handling request GET /", { requestId: "a-1" });
  logger.error("x", { workerPid: 3 });
  assert.deepEqual(
    text()
      .split("\n")
      .map((line) => line.slice(35)),
    ["[ERROR] [a-1] Error handling request GET /", "[ERROR] x", ""],
  );
});
