/** docs/middleware.md: its tables have the options that there are. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { repositoryRoot } from "../support/python-environment.ts";

const DOCUMENT = readFileSync(join(repositoryRoot, "docs", "middleware.md"), "utf8");
const SOURCES = join(repositoryRoot, "src", "middleware");

/** The tables below a middleware's heading; undefined where it has a document of its own. */
function tablesOf(middleware: string): string | undefined {
  const section = new RegExp(`\n## ${middleware}\n(.*?)(?=\n## |$)`, "s").exec(DOCUMENT)?.[1];
  return section?.match(/^\|.*/gm)?.join("\n");
}

for (const file of readdirSync(SOURCES)) {
  const source = readFileSync(join(SOURCES, file), "utf8");
  const [, options = ""] = /export interface \w+Options \{(.*?)\n\}/s.exec(source) ?? [];
  const [, middleware = ""] = /^export function (\w+)\(/m.exec(source) ?? [];
  const tables = tablesOf(middleware);
  if (options === "" || tables === undefined) continue;
  test(`the table of ${middleware} has every option, and no other`, () => {
    const named = [...options.matchAll(/readonly (\w+)\??:/g)].map(([, name]) => name);
    const listed = [...tables.matchAll(/^\|(?: [^|`]*`[A-Z][^|]*\|)? `(\w+)` \|/gm)].map(
      ([, name]) => name,
    );
    assert.deepEqual(listed.sort(), named.sort());
  });
}
