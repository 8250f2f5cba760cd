import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { ShellWordsError, shellWords } from "../../src/cli/shell-words.ts";
import { pythonProgram } from "../support/python-environment.ts";

const LINES: readonly string[] = [
  "",
  "  ",
  "-w 4 --bind=:80",
  " a\tb\n c ",
  "'a b' \"c d\" e\\ f",
  `a'b'"c"d`,
  `"" '' x`,
  `"a \\" b" "\\\\" "\\n" "\\$"`,
  `'a \\ b'`,
  "a\\\\b \\'",
  "# no comment",
  `--env "A=it's" -e 'B="q"'`,
  'é "ü x"',
];

test("words are those of Python's shlex", () => {
  const program =
    "import json, shlex, sys; print(json.dumps([shlex.split(l) for l in json.load(sys.stdin)]))";
  const said = execFileSync(pythonProgram("python"), ["-c", program], {
    input: JSON.stringify(LINES),
    encoding: "utf8",
  });
  assert.deepEqual(LINES.map(shellWords), JSON.parse(said));
});

test("a quote that is not closed and a last backslash are errors", () => {
  for (const line of ["'a", 'b "c', 'x "a\\"', "a\\"]) {
    assert.throws(() => shellWords(line), ShellWordsError, line);
  }
});
