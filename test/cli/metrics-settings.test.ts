import assert from "node:assert/strict";
import { test } from "node:test";
import { SettingError } from "../../src/cli/errors.ts";
import { METRICS_SETTINGS } from "../../src/cli/metrics-settings.ts";

const { metricsBind, statsdHost, statsdPrefix, dogstatsdTags } = METRICS_SETTINGS;

const tcp = (host: string, port: number): object => ({ kind: "tcp", host, port });

for (const [text, address] of [
  [":9100", tcp("127.0.0.1", 9100)],
  ["0.0.0.0:9100", tcp("0.0.0.0", 9100)],
  ["localhost:0", tcp("localhost", 0)],
  ["[::1]:9100", tcp("::1", 9100)],
  ["unix:/run/metrics.sock", { kind: "unix", path: "/run/metrics.sock" }],
] as const) {
  test(`--metrics-bind ${text} is an address`, () => {
    assert.deepEqual(metricsBind.type.read([text], "--metrics-bind"), address);
  });
}

for (const text of ["localhost", "[::1]", "9100", "", "http://localhost:9100"]) {
  test(`--metrics-bind "${text}" is refused`, () => {
    assert.throws(() => metricsBind.type.read([text], "--metrics-bind"), SettingError);
  });
}

for (const [text, address] of [
  ["statsd", tcp("statsd", 8125)],
  ["statsd:9125", tcp("statsd", 9125)],
  ["udp://statsd:9125", tcp("statsd", 9125)],
  ["[::1]", tcp("::1", 8125)],
  [":9125", tcp("127.0.0.1", 9125)],
] as const) {
  test(`--statsd-host ${text} is an address`, () => {
    assert.deepEqual(statsdHost.type.read([text], "--statsd-host"), address);
  });
}

test("--statsd-host with a Unix socket is refused with the remedy", () => {
  assert.throws(
    () => statsdHost.type.read(["unix:///run/statsd.sock"], "--statsd-host"),
    /--statsd-host: .*Node\.js has no Unix datagram sockets.*HOST:PORT/,
  );
});

test("what would end a line of statsd's early is refused", () => {
  assert.equal(statsdPrefix.type.read([""], "--statsd-prefix"), "");
  assert.equal(
    dogstatsdTags.type.read(["env:live,team:shop"], "--dogstatsd-tags"),
    "env:live,team:shop",
  );
  for (const text of ["a:b", "a|b", "a b", "a\nb"]) {
    assert.throws(() => statsdPrefix.type.read([text], "--statsd-prefix"), SettingError, text);
  }
  for (const text of ["a|b", "a b", "a\nb"]) {
    assert.throws(() => dogstatsdTags.type.read([text], "--dogstatsd-tags"), SettingError, text);
  }
});
