/** The documents of the toolkit: their examples are well typed, run, and answer as is said there. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { repositoryRoot } from "../support/python-environment.ts";
import { examplesIn } from "./document.ts";
import { ExampleFolder } from "./example-folder.ts";
import { load } from "./load.ts";
import { typeErrors } from "./type-check.ts";
import { visit } from "./visit.ts";

const DOCUMENTS = [
  ...["toolkit", "routing", "sessions", "middleware", "security-middleware", "compression"],
  ...["adapters", "testing", "upgrade"],
]
  .map((name) => `docs/${name}.md`)
  .filter((document) => existsSync(join(repositoryRoot, document)));

const folder = new ExampleFolder(
  DOCUMENTS.flatMap((document) =>
    examplesIn(document, readFileSync(join(repositoryRoot, document), "utf8")),
  ),
);
after(() => folder[Symbol.dispose]());

test("the examples of the documents are well typed", () => {
  assert.deepEqual(typeErrors(folder), []);
});

for (const document of DOCUMENTS) {
  describe(document, () => {
    const examples = folder.examples.filter((example) => example.document === document);
    for (const example of examples) {
      const { heading, line } = example.code;
      const place = `"${heading}" (line ${line})`;
      if (example.visits.length > 0) {
        test(`${place} answers as it says`, async () => {
          assert.deepEqual(await visit(example), []);
        });
      } else {
        test(`${place} can be loaded`, async () => {
          const { code, output } = await load(example);
          assert.equal(code, 0, output);
        });
      }
    }
  });
}
