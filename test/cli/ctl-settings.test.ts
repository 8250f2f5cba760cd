import assert from "node:assert/strict";
import { test } from "node:test";
import { CTL_COMMANDS, parseCtl } from "../../src/cli/ctl-settings.ts";
import { UsageError } from "../../src/cli/errors.ts";

test("a command is read with its operand and options, in any order", () => {
  const command = parseCtl(["--json", "kill", "--now", "4712", "-s", "/run/x.sock"]);
  assert.ok(command.kind === "ctl");
  const { settings, ...what } = command;
  assert.deepEqual(what, { kind: "ctl", command: "kill", operand: 4712 });
  assert.deepEqual(settings, {
    ...{ socket: "/run/x.sock", pid: undefined, json: true },
    ...{ watch: false, quick: false, now: true },
  });
});

test("how many workers more need not be said", () => {
  for (const word of ["add", "remove"]) {
    const command = parseCtl([word]);
    assert.ok(command.kind === "ctl");
    assert.equal(command.operand, undefined);
  }
});

const MISTAKES: readonly (readonly [string, RegExp])[] = [
  ["", /^portico ctl needs a command: status, workers, reload, .* \(see portico ctl --help\)$/],
  ["restart", /^portico ctl has no command "restart"; it has status, /],
  ["toString", /^portico ctl has no command "toString"/],
  ["kill", /^portico ctl kill PID: the PID is missing$/],
  ["kill all", /^portico ctl kill PID: "all" is not a whole number of at least 1$/],
  ["add 0", /^portico ctl add \[N\]: "0" is not a whole number/],
  ["add 1 2", /^portico ctl add \[N\]: "2" is too much$/],
  ["status 7", /^portico ctl status: "7" is too much$/],
  ["status --quick", /^--quick is not for portico ctl status$/],
  ["reload --watch", /^--watch is not for portico ctl reload$/],
  ["status --workers 2", /^unknown option --workers; portico ctl --help lists all options$/],
];
for (const [line, message] of MISTAKES) {
  test(`portico ctl ${line}: a mistake, told in one line`, () => {
    const argv = line.split(" ").filter((word) => word !== "");
    assert.throws(
      () => parseCtl(argv),
      (error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test("every command says what it does in a sentence", () => {
  for (const { help } of Object.values(CTL_COMMANDS)) assert.match(help, /^[A-Z].*\.$/);
});
