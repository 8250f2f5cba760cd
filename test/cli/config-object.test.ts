import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfigObject } from "../../src/cli/config-object.ts";
import { type Config, defineConfig } from "../../src/cli/define-config.ts";
import { settle } from "../../src/cli/setting-sources.ts";
import { SETTINGS } from "../../src/cli/settings.ts";

function read(config: unknown): ReturnType<typeof readConfigObject> {
  return readConfigObject(config, "portico.config.ts");
}

test("each kind of value is read as the command line would read it", () => {
  const config: Config = {
    target: "./app.ts",
    workers: 3,
    bind: [":1", "unix:x"],
    env: { A: "1", B: "c=d" },
    pythonpath: ["a", "b"],
    forwardedHeaders: ["for", "proto"],
    headerMap: "refuse",
    checkConfig: false,
    accessLogfile: "-",
    threads: undefined,
  };
  const { layer, target } = read(config);
  const { settings, sources } = settle(SETTINGS, [layer]);
  assert.equal(target, "./app.ts");
  assert.equal(settings.workers, 3);
  assert.deepEqual(settings.bind[1], { kind: "unix", path: "x" });
  assert.deepEqual(settings.env, { A: "1", B: "c=d" });
  assert.deepEqual(settings.pythonpath, ["a", "b"]);
  assert.deepEqual(settings.forwardedHeaders, ["for", "proto"]);
  assert.equal(settings.headerMap, "refuse");
  assert.equal(settings.checkConfig, false);
  assert.deepEqual(sources.workers, { kind: "file", file: "portico.config.ts", key: "workers" });
  assert.deepEqual(sources.threads, { kind: "default" });
});

test("an editor knows the names and types of settings", () => {
  const wrong: readonly Config[] = [
    // @ts-expect-error the name is workers
    { worker: 3 },
    // @ts-expect-error it is a number
    { workers: "3" },
    // @ts-expect-error it is drop, refuse or dangerous
    { headerMap: "keep" },
  ];
  for (const config of [...wrong.slice(0, 2), defineConfig({ workers: 0 })]) {
    assert.throws(() => settle(SETTINGS, [read(config).layer]), { exitCode: 2 });
  }
});

test("one text stands for a list of one", () => {
  const { settings } = settle(SETTINGS, [read({ bind: ":1", pythonpath: "a" }).layer]);
  assert.equal(settings.bind.length, 1);
  assert.deepEqual(settings.pythonpath, ["a"]);
});

test("an unknown name is refused with the file and the nearest name", () => {
  assert.throws(() => read({ worker: 3 }), {
    message: "portico.config.ts: there is no setting worker; did you mean workers?",
    exitCode: 2,
  });
  assert.throws(() => read({ config: "other.json" }), /there is no setting config; /);
  assert.throws(
    () => read({ "a\nb": 1 }),
    /there is no setting "a\\nb"; docs\/settings.md lists all/,
  );
});

test("a value of another type is refused with the file and its name", () => {
  for (const [config, message] of [
    [{ workers: "3" }, "portico.config.ts: workers: it is not a number"],
    [{ chdir: 3 }, "portico.config.ts: chdir: it is not text"],
    [{ checkConfig: 1 }, "portico.config.ts: checkConfig: it is not true or false"],
    [{ bind: [1] }, "portico.config.ts: bind: it is not text or a list of texts"],
    [{ pythonpath: {} }, "portico.config.ts: pythonpath: it is not text or a list of texts"],
    [{ env: ["A=1"] }, "portico.config.ts: env: it is not an object whose values are texts"],
    [{ env: { A: 1 } }, "portico.config.ts: env: it is not an object whose values are texts"],
    [{ target: 1 }, "portico.config.ts: target: it is not text"],
    [[], "portico.config.ts: it holds no object with settings"],
    [null, "portico.config.ts: it holds no object with settings"],
  ] as const) {
    assert.throws(() => read(config), { message, exitCode: 2 }, message);
  }
});

test("a value that is none is refused by the file and the name that gave it", () => {
  for (const workers of [0, -1, 1.5, Number.NaN, 1e300]) {
    assert.throws(() => settle(SETTINGS, [read({ workers }).layer]), {
      message: `portico.config.ts: workers: "${workers}" is not a whole number of at least 1`,
    });
  }
});
