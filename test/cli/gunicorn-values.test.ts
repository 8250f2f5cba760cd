import assert from "node:assert/strict";
import { test } from "node:test";
import { valuesForHooks } from "../../src/cli/gunicorn-names.ts";
import { readGunicornValues } from "../../src/cli/gunicorn-values.ts";
import { settle } from "../../src/cli/setting-sources.ts";
import { SETTINGS } from "../../src/cli/settings.ts";

function read(values: Readonly<Record<string, unknown>>): ReturnType<typeof readGunicornValues> {
  return readGunicornValues(values, "conf.py");
}

test("text stands for numbers, switches and lists of one, as gunicorn takes it", () => {
  const { layer } = read({ workers: "3", check_config: "true", bind: ":1", raw_env: "A=1" });
  const { settings } = settle(SETTINGS, [layer]);
  assert.deepEqual([settings.workers, settings.checkConfig, settings.env], [3, true, { A: "1" }]);
  assert.deepEqual(settings.bind, [{ kind: "tcp", host: "0.0.0.0", port: 1 }]);
});

test("an empty text or list says nothing, but where it is a list of addresses", () => {
  const { layer } = read({ accesslog: "", pidfile: "", bind: [], forwarded_allow_ips: "" });
  assert.deepEqual([...layer.keys()], ["forwardedAllowIps"]);
});

test("a list where one value belongs is refused by the file and gunicorn's name", () => {
  assert.throws(() => read({ forwarded_allow_ips: ["::1"] }), {
    message: "conf.py: forwarded_allow_ips: it is not text",
    exitCode: 2,
  });
  assert.throws(() => read({ bind: [":1", [":2"]] }), {
    message: "conf.py: bind: it is not text or a list of texts",
  });
});

test("what the switch of an option that Portico lacks turns off asks for nothing", () => {
  const off = { preload_app: false, daemon: "false", statsd_host: "", dirty_apps: [] };
  assert.deepEqual(read({ ...off, logconfig_dict: {}, worker_connections: 1000 }).notes, []);
});

test("the value of an option is in its refusal, and a dictionary is a value", () => {
  assert.throws(() => read({ paste: "a.ini" }), /^UsageError: conf\.py: paste a\.ini cannot be/);
  assert.throws(() => read({ logconfig_dict: { version: 1 } }), /conf\.py: logconfig_dict /);
});

test("hooks find in cfg what is in force, by gunicorn's names and as gunicorn writes it", () => {
  const { settings } = settle(SETTINGS, [
    read({ raw_env: ["A=1"], pythonpath: "a,b", threads: 2 }).layer,
  ]);
  const values = valuesForHooks(settings);
  assert.deepEqual(values.bind, ["127.0.0.1:8000"]);
  assert.deepEqual([values.raw_env, values.env], [["A=1"], { A: "1" }]);
  assert.deepEqual([values.pythonpath, values.worker_class], ["a,b", "gthread"]);
  assert.deepEqual([values.keepalive, values.loglevel], [2, "info"]);
});
