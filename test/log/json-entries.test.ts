import assert from "node:assert/strict";
import { test } from "node:test";
import { JSON_ENTRIES } from "../../src/log/json-entries.ts";
import { createLogger, type Logger } from "../../src/log/logger.ts";

function recording(): { readonly logger: Logger; readonly text: () => string } {
  let text = "";
  const destination = {
    write(more: string): void {
      text += more;
    },
  };
  const now = () => Date.UTC(2026, 10, 21, 3, 58, 9, 7);
  const logger = createLogger({ destination, format: JSON_ENTRIES, pid: 4711, now });
  return { logger, text: () => text };
}

const HEAD = { timestamp: "2026-11-21T03:58:09.007Z", level: "error", logger: "portico.error" };

test("an entry is one object on one line, and a traceback is one entry", () => {
  const { logger, text } = recording();
  logger.error("Error handling request GET /\nTraceback:\n  boom\n");
  logger.warning("next");
  const [first = "", second = "", ...rest] = text().split("\n");
  assert.deepEqual(JSON.parse(first), {
    ...HEAD,
    pid: 4711,
    message: "Error handling request GET /\nTraceback:\n  boom",
  });
  assert.deepEqual(JSON.parse(second), { ...HEAD, level: "warning", pid: 4711, message: "next" });
  assert.deepEqual(rest, [""]);
});

test("an entry names its request, its trace and its worker", () => {
  const { logger, text } = recording();
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  logger.error("x", { requestId: "a-1", traceparent, method: "GET", path: "/x", workerPid: 12 });
  assert.deepEqual(JSON.parse(text()), {
    ...HEAD,
    pid: 4711,
    message: "x",
    request_id: "a-1",
    trace_id: "0af7651916cd43dd8448eb211c80319c",
    span_id: "b7ad6b7169203331",
    trace_flags: "01",
    "http.request.method": "GET",
    "url.path": "/x",
    "worker.pid": 12,
  });
});

test("an application's text is an entry for each write, marked as its own", () => {
  const { logger, text } = recording();
  logger.raw("", { requestId: "a" });
  logger.raw("one\ntwo\n", { requestId: "a" });
  assert.deepEqual(JSON.parse(text()), {
    ...HEAD,
    logger: "wsgi.errors",
    pid: 4711,
    message: "one\ntwo",
    request_id: "a",
  });
});
