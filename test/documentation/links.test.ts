/** What the documents link to is there, headings too. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { repositoryRoot } from "../support/python-environment.ts";

const DOCUMENTS = ["", "docs", "spec", "examples/guestbook"].flatMap((folder) =>
  readdirSync(join(repositoryRoot, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name)),
);

for (const document of DOCUMENTS) {
  test(`${document} leads to what is there`, () => {
    assert.deepEqual(brokenLinks(document, proseOf(document)), []);
  });
}

test("a link to a file or a heading that is not there is found", () => {
  const text =
    "[a](README.md) [b](nowhere.md) [c](README.md#nowhere) [d](#here)\n# Here, `too`\n# Here";
  assert.deepEqual(brokenLinks("README.md", text), ["nowhere.md", "README.md#nowhere"]);
});

function brokenLinks(document: string, text: string): string[] {
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links.filter((link) => !/^https?:/.test(link) && !leadsSomewhere(document, text, link));
}

function leadsSomewhere(document: string, text: string, link: string): boolean {
  const [path = "", heading] = link.split("#");
  const file = path === "" ? document : normalize(join(dirname(document), path));
  if (!existsSync(join(repositoryRoot, file))) return false;
  if (heading === undefined || !file.endsWith(".md")) return true;
  return headingsOf(path === "" ? text : proseOf(file)).includes(heading);
}

/** Without blocks of code, where `](` and `#` mean something else. */
function proseOf(document: string): string {
  const text = readFileSync(join(repositoryRoot, document), "utf8");
  return text.replace(/^ *```.*?^ *```$/gms, "");
}

/** As GitHub makes names of headings. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, "")
      .replaceAll(" ", "-"),
  );
}
