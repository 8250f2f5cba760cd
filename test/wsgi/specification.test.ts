/** spec/wsgi-typescript.md and the code that judges by it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { APPLICATION_REQUIREMENTS } from "../../src/wsgi/lint/application-requirements.ts";
import { remedyOf, SECTIONS } from "../../src/wsgi/lint/rule.ts";
import { RULES } from "../../src/wsgi/lint/rules.ts";
import { SERVER_REQUIREMENTS } from "../../src/wsgi/lint/server-requirements.ts";
import { repositoryRoot } from "../support/python-environment.ts";

const text = readFileSync(join(repositoryRoot, "spec", "wsgi-typescript.md"), "utf8");

/** How many rows of each letter the checklist has that was made of PEP 3333. */
const ROWS = { S: 92, A: 29, M: 12, V: 29 };

const requirements = [
  ...RULES,
  ...Object.entries(SERVER_REQUIREMENTS),
  ...Object.entries(APPLICATION_REQUIREMENTS),
];

describe("the specification", () => {
  test("has each requirement once, under its section", () => {
    for (const [name, { section }] of requirements) {
      const heading = new RegExp(`^#### ${SECTIONS.indexOf(section) + 1}\\.\\d+ ${name}$`, "gm");
      const entry = new RegExp(`^- \\*\\*${name}\\*\\* `, "gm");
      const found = [...text.matchAll(heading), ...text.matchAll(entry)];
      assert.equal(found.length, 1, name);
    }
  });

  test("has the remedy of each rule that TypeScript can break", () => {
    for (const [name, rule] of RULES) {
      if (rule.only === "python") continue;
      const remedy = `**Remedy:** ${remedyOf(rule, "typescript")}.`;
      assert.ok(text.slice(text.indexOf(` ${name}\n`)).includes(remedy), name);
    }
  });

  test("says in the words of its level what is owed", () => {
    for (const [name, { level }] of requirements) {
      assert.match(paragraphOf(name), new RegExp(`\\b${level}\\b`), name);
    }
  });

  test("leaves out no row of the checklist", () => {
    const covered = new Set(
      requirements.flatMap(([, { rows }]) => rows.map((row) => row.replace(/[a-z]$/, ""))),
    );
    const all = Object.entries(ROWS).flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
    );
    assert.deepEqual([...covered].sort(), all.sort());
  });
});

/** The text of a requirement, without its heading and the facts below that. */
function paragraphOf(name: string): string {
  const [, listed] =
    new RegExp(`^- \\*\\*${name}\\*\\* \\([^)]*\\): (.*(?:\n  .*)*)`, "m").exec(text) ?? [];
  const [, , paragraph] = text
    .slice(text.search(new RegExp(`^#### .* ${name}$`, "m")))
    .split("\n\n");
  return listed ?? paragraph ?? "";
}
