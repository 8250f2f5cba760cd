import assert from "node:assert/strict";
import { test } from "node:test";
import { parseArguments } from "../../src/cli/arguments.ts";
import { helpText, printedConfig, shownSettings, versionText } from "../../src/cli/help.ts";
import { SETTING_NAMES, SETTINGS } from "../../src/cli/settings.ts";
import { settleCommand } from "../../src/cli/settled-command.ts";
import { SUBCOMMANDS } from "../../src/cli/subcommands.ts";

test("help names every flag", () => {
  const help = helpText();
  for (const name of SETTING_NAMES) {
    for (const flag of SETTINGS[name].flags) assert.match(help, new RegExp(` ${flag}[ ,\n]`));
  }
});

test("help shows a setting with its value, default and environment variable, aligned", () => {
  assert.ok(
    helpText().includes(`
Worker Processes:
  -w, --workers INT         Worker processes that run the application. [default: 1;
                            environment: WEB_CONCURRENCY]
`),
  );
});

test("a long flag has a line to itself", () => {
  assert.ok(
    helpText().includes(`
  --boot-timeout SECONDS    How`),
  );
  assert.ok(
    helpText().includes(`
  --graceful-timeout SECONDS
                            How`),
  );
});

test("no line of help is wider than 90 columns or ends in a space", () => {
  for (const line of helpText().split("\n")) assert.ok(/^(.{0,89}\S)?$/.test(line), line);
});

test("help says what a target is", () => {
  assert.match(helpText(), /^usage: portico \[OPTIONS\] TARGET\n/);
  assert.match(helpText(), /\n {2}\.\/app\.ts\[:name\] /);
  assert.match(helpText(), /\n {2}portico mysite\.wsgi\n/);
});

test("help names every other command", () => {
  for (const word of SUBCOMMANDS.keys()) assert.match(helpText(), new RegExp(`  portico ${word} `));
});

test("the version is shown in gunicorn's words", () => {
  assert.equal(versionText("0.1.0"), "portico (version 0.1.0)\n");
});

test("the printed configuration says each value and where it comes from", () => {
  const args = ["-b:80", "-e", "A=1", "-e", "B=2", "--log-file=x", "app"];
  const line = parseArguments(args, { WEB_CONCURRENCY: "4" });
  assert.ok(line.kind === "serve");
  const { settings, sources } = settleCommand(line);
  const lines = printedConfig(shownSettings(settings, sources)).split("\n");
  const width = Math.max(...SETTING_NAMES.map((name) => name.length));
  const said = (name: string, value: string): string => `${name.padEnd(width)} = ${value}`;
  assert.deepEqual(lines.slice(0, 4), [
    said("config", "none  (default)"),
    said("bind", "0.0.0.0:80  (command line --bind)"),
    said("backlog", "2048  (default)"),
    said("workers", "4  (environment WEB_CONCURRENCY)"),
  ]);
  assert.ok(lines.includes(said("env", "A=1, B=2  (command line --env)")));
  assert.ok(lines.includes(said("errorLogfile", "x  (command line --log-file)")));
  assert.ok(lines.includes(said("python", "none  (default)")));
  assert.equal(lines.length, SETTING_NAMES.length + 1);
});
