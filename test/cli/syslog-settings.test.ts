import assert from "node:assert/strict";
import { test } from "node:test";
import { SettingError } from "../../src/cli/errors.ts";
import { SYSLOG_SETTINGS } from "../../src/cli/syslog-settings.ts";

const { logSyslogTo, logSyslogPrefix, logSyslogFacility } = SYSLOG_SETTINGS;

test("a syslog server is read and shown in gunicorn's notation", () => {
  const addresses = [
    ["udp://localhost:514", { kind: "udp", host: "localhost", port: 514 }],
    [
      "udp://logs.example",
      { kind: "udp", host: "logs.example", port: 514 },
      "udp://logs.example:514",
    ],
    ["tcp://[::1]:601", { kind: "tcp", host: "::1", port: 601 }],
    ["unix:///run/log.sock", { kind: "unix", path: "/run/log.sock" }],
    ["unix:///run/log#stream", { kind: "unix", path: "/run/log" }, "unix:///run/log"],
  ] as const;
  for (const [text, address, shown = text] of addresses) {
    const read = logSyslogTo.type.read([text], "--log-syslog-to");
    assert.deepEqual(read, address);
    assert.equal(logSyslogTo.type.show(read), shown);
  }
});

test("what is no syslog server, prefix or facility is refused with what would be", () => {
  const refused = [
    [logSyslogTo, "localhost:514", /is not udp:\/\/HOST:PORT, tcp/],
    [logSyslogTo, "udp://", /is not udp/],
    [logSyslogTo, "udp://::1:514", /is not udp/],
    [logSyslogTo, "udp://h:99999", /is not a port/],
    [logSyslogTo, "unix:///dev/log#dgram", /cannot be written to: .* use udp:\/\/HOST:PORT/],
    [logSyslogPrefix, "two words", /is not 1 to 32/],
    [logSyslogFacility, "nobody", /no facility; there are kern, user/],
  ] as const;
  for (const [setting, text, message] of refused) {
    assert.throws(
      () => setting.type.read([text], "--flag"),
      (error) => error instanceof SettingError && message.test(error.message),
      text,
    );
  }
  assert.equal(logSyslogFacility.type.read(["LOCAL0"], "--flag"), "local0");
});
