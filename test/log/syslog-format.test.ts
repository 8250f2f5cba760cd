import assert from "node:assert/strict";
import { test } from "node:test";
import { JSON_ENTRIES } from "../../src/log/json-entries.ts";
import { createLogger, type EntryFormat, type Logger } from "../../src/log/logger.ts";
import {
  SYSLOG_FACILITIES,
  type SyslogSource,
  syslogEntries,
  syslogMessages,
} from "../../src/log/syslog-format.ts";

const SOURCE = { facility: "user", host: "h.example", app: "portico.error" };

function recording(
  source: Partial<SyslogSource> = {},
  format?: EntryFormat,
): { readonly logger: Logger; readonly messages: string[] } {
  const messages: string[] = [];
  const destination = { write: (message: string) => void messages.push(message) };
  const logger = createLogger({
    ...{ destination, level: "debug", pid: 4711 },
    format: syslogEntries(syslogMessages({ ...SOURCE, ...source }), format),
    now: () => Date.UTC(2026, 10, 21, 3, 58, 9, 7),
  });
  return { logger, messages };
}

const HEAD = "1 2026-11-21T03:58:09.007Z h.example portico.error 4711 - -";

test("a message has RFC 5424's head, and the number of its facility and level", () => {
  const { logger, messages } = recording();
  logger.debug("a");
  logger.info("b");
  logger.warning("c");
  logger.error("d\n  trace\n");
  logger.critical("e", { requestId: "a-1" });
  logger.raw("said\n");
  assert.deepEqual(messages, [
    `<15>${HEAD} a`,
    `<14>${HEAD} b`,
    `<12>${HEAD} c`,
    `<11>${HEAD} d\n  trace`,
    `<10>${HEAD} [a-1] e`,
    `<11>${HEAD} said`,
  ]);
});

test("facilities have the numbers of RFC 5424", () => {
  assert.equal(SYSLOG_FACILITIES.length, 24);
  assert.equal(SYSLOG_FACILITIES.indexOf("local0"), 16);
  const { logger, messages } = recording({ facility: "local7" });
  logger.info("x");
  assert.match(messages[0] ?? "", /^<190>1 /);
});

test("no name of a host or a program breaks the head", () => {
  const { logger, messages } = recording({ host: "", app: `a b\n${"c".repeat(99)}` });
  logger.info("x");
  assert.equal(messages[0], `<14>1 2026-11-21T03:58:09.007Z - a_b_${"c".repeat(44)} 4711 - - x`);
});

test("an entry of JSON is a message of JSON", () => {
  const { logger, messages } = recording({}, JSON_ENTRIES);
  logger.error("a\nb");
  const [, json = ""] = messages[0]?.split(" - - ") ?? [];
  assert.equal(JSON.parse(json).message, "a\nb");
});
