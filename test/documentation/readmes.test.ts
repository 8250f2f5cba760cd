/** README in its languages: the same code, links and options; what is said around them nobody can compare. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { repositoryRoot } from "../support/python-environment.ts";
import { readBlocks } from "./document.ts";

const [english, chinese] = ["README.md", "README.zh-CN.md"].map((name) => ({
  name,
  text: readFileSync(join(repositoryRoot, name), "utf8"),
}));
assert.ok(english !== undefined && chinese !== undefined);

/** A comment at the end of a command is in the reader's language. */
const codeOf = ({ name, text }: { name: string; text: string }): string[] =>
  readBlocks(name, text).map((block) =>
    block.language === "sh" ? block.text.replace(/ +#.*$/gm, "") : block.text,
  );

const matches = (text: string, pattern: RegExp): string[] =>
  [...new Set(text.match(pattern) ?? [])].sort();

test("both have the same code", () => {
  assert.deepEqual(codeOf(chinese), codeOf(english));
});

for (const [what, pattern] of [
  ["links", /\]\((?!README)[^)\s]+\)/g],
  ["options", /(?<=`)--[\w-]+/g],
] as const) {
  test(`both have the same ${what}`, () => {
    assert.deepEqual(matches(chinese.text, pattern), matches(english.text, pattern));
  });
}

test("every option of README is one of the command's", () => {
  const settings = readFileSync(join(repositoryRoot, "docs/settings.md"), "utf8");
  const known = new Set(matches(settings, /(?<=`)--[\w-]+/g));
  assert.deepEqual(
    matches(english.text, /(?<=`)--[\w-]+/g).filter((option) => !known.has(option)),
    [],
  );
});
