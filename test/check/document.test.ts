/** docs/check.md says what the command does: its report, its steps, its rules and its names. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { BATTERY } from "../../src/check/battery.ts";
import { CLIENT_RULES } from "../../src/check/rules.ts";
import { CHECK_SETTINGS } from "../../src/cli/check-settings.ts";
import { longFlag } from "../../src/cli/setting.ts";
import { checkRun } from "../support/check-run.ts";
import { runToEnd } from "../support/portico-run.ts";
import { pythonProgram, repositoryRoot } from "../support/python-environment.ts";

const DOCUMENT = readFileSync(join(repositoryRoot, "docs", "check.md"), "utf8");
const SINS = join(repositoryRoot, "test", "apps", "sins");
const SAMPLE = "exc_info_ignored.py";

/** Without what differs from run to run: who served it, how long it took, how many were alike. */
function lasting(report: string): string[] {
  return report
    .trimEnd()
    .replace(/ {2}CPython .*?\n {2}tried in [\d.]+ s/s, "  tried")
    .replace(/\band\s+\d+\s+more\b/g, "and more")
    .split(/\s+/);
}

test("the report in the document is the one that the command prints", async () => {
  const [, sample = ""] = /```text\n(.*?)```/s.exec(DOCUMENT) ?? [];
  const args = ["check", "--python", pythonProgram("python"), SAMPLE];
  const { stdout } = await runToEnd({ args, cwd: SINS, ownPython: true });
  assert.deepEqual(lasting(sample), lasting(stdout), stdout);
});

test("the document names each step, rule and option", () => {
  for (const { name } of BATTERY) assert.ok(DOCUMENT.includes(`\n| ${name} | `), name);
  for (const name of Object.keys(CLIENT_RULES)) {
    assert.ok(DOCUMENT.includes(`\n| \`${name}\` | `), name);
  }
  for (const setting of Object.values(CHECK_SETTINGS)) {
    assert.ok(DOCUMENT.includes(`\`${longFlag(setting)}`), longFlag(setting));
  }
});

test("the document names everything in the JSON object", async () => {
  const { report } = await checkRun(SINS, SAMPLE);
  const { rules, steps, ...about } = report;
  const [rule] = rules.filter(({ findings }) => findings.length > 0);
  const names = [about, steps[0], rule, rule?.findings[0]].flatMap((part) =>
    Object.keys(part ?? {}),
  );
  for (const name of names) assert.ok(DOCUMENT.includes(`\`${name}\``), name);
});
