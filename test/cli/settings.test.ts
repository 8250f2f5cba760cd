import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { CHECK_SETTINGS } from "../../src/cli/check-settings.ts";
import { CTL_SETTINGS } from "../../src/cli/ctl-settings.ts";
import { COMMANDS, FLAGS } from "../../src/cli/flags.ts";
import { FOLDER_SETTINGS } from "../../src/cli/folder-settings.ts";
import {
  GUNICORN_NAMES,
  HOOKS_NOT_RUN,
  HOOKS_REFUSED,
  SERVER_HOOKS,
  WORKER_HOOKS,
} from "../../src/cli/gunicorn-names.ts";
import { GUNICORN_OPTIONS } from "../../src/cli/gunicorn-options.ts";
import { KNOWN_NAMES } from "../../src/cli/gunicorn-values.ts";
import { PROBE_SETTINGS } from "../../src/cli/probe-settings.ts";
import { longFlag, SECTIONS } from "../../src/cli/setting.ts";
import { SETTING_NAMES, SETTINGS } from "../../src/cli/settings.ts";
import { pythonProgram } from "../support/python-environment.ts";

test("no flag has two meanings", () => {
  const all = [
    ...SETTING_NAMES.flatMap((name) => SETTINGS[name].flags),
    ...Object.values(COMMANDS).flatMap(({ flags }) => flags),
    ...GUNICORN_OPTIONS.flatMap(({ flags }) => flags),
  ];
  assert.equal(new Set(all).size, all.length);
  assert.equal(FLAGS.size, all.length);
});

test("an option takes a value where gunicorn's does, and has its name in the file", () => {
  const program = `from gunicorn.config import make_settings
for setting in make_settings().values():
    takes = setting.action in (None, "append", "store")
    for flag in setting.cli or ():
        print(flag, setting.name, takes)`;
  const said = execFileSync(pythonProgram("python"), ["-c", program], { encoding: "utf8" });
  for (const line of said.trim().split("\n")) {
    const [flag = "", name = "", takes] = line.split(" ");
    const meaning = FLAGS.get(flag);
    if (meaning?.kind === "gunicorn's") {
      const { option } = meaning;
      assert.equal(option.name, name, flag);
      assert.equal(option.metavar !== undefined, takes === "True", flag);
    } else if (meaning?.kind === "setting" && name !== "config") {
      assert.equal(GUNICORN_NAMES[name], meaning.setting, flag);
      assert.equal(SETTINGS[meaning.setting].metavar !== undefined, takes === "True", flag);
    }
  }
});

test("every option of gunicorn's help is known, one way or the other", () => {
  const help = execFileSync(pythonProgram("gunicorn"), ["--help"], { encoding: "utf8" });
  const flags = [...help.matchAll(/^ {2}(-.*?)(?: {2,}.*)?$/gm)]
    .flatMap(([, usage = ""]) => usage.split(", "))
    .map((usage) => usage.split(" ")[0] ?? "");
  assert.ok(flags.length > 100, flags.join(" "));
  for (const flag of flags) assert.ok(FLAGS.has(flag), flag);
});

test("every name of gunicorn's configuration file is known, one way or the other", () => {
  const program = "from gunicorn.config import make_settings; print(*make_settings())";
  const said = execFileSync(pythonProgram("python"), ["-c", program], { encoding: "utf8" });
  const names = said.trim().split(" ");
  assert.ok(names.length > 110, said);
  const known = [
    ...KNOWN_NAMES,
    ...SERVER_HOOKS,
    ...WORKER_HOOKS,
    ...Object.keys(HOOKS_NOT_RUN),
    ...Object.keys(HOOKS_REFUSED),
    // A file that names another is passed over by gunicorn too.
    "config",
  ];
  assert.deepEqual(
    names.filter((name) => !known.includes(name)),
    [],
  );
  assert.deepEqual(
    known.filter((name) => !names.includes(name)),
    [],
  );
});

test("a setting is named after its long flag", () => {
  for (const name of SETTING_NAMES) {
    const fromFlag = longFlag(SETTINGS[name])
      .slice(2)
      .replace(/[-_](.)/g, (_, letter: string) => letter.toUpperCase());
    assert.equal(name, fromFlag);
  }
});

test("no section is empty, and every help text is sentences", () => {
  const tables = [CHECK_SETTINGS, CTL_SETTINGS, FOLDER_SETTINGS, PROBE_SETTINGS, SETTINGS];
  const all = tables.flatMap((table) => Object.values(table));
  assert.deepEqual(new Set(all.map(({ section }) => section)), new Set(SECTIONS));
  for (const { flags, help } of all) assert.match(help, /^[A-Z].*\.$/, flags.join());
});
