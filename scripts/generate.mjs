/** Writes the documents that are made from code; with --check, only names those that are stale. */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { conformanceDocument } from "../build/conformance/document.js";
import { readResults } from "../build/conformance/results-file.js";
import { defaultText } from "../build/src/cli/help.js";
import { SECTIONS } from "../build/src/cli/setting.js";
import { SETTING_NAMES, SETTINGS } from "../build/src/cli/settings.js";
import { REFUSALS } from "../build/src/http/refusals.js";
import { statusLine } from "../build/src/http/status.js";
import { ROW_GROUPS } from "../build/src/probe/row.js";
import { ROWS } from "../build/src/probe/rows.js";
import { specification } from "./wsgi-specification.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where what is made ends in a document whose other text is written by hand. */
const END = "<!-- The end of what is made. -->";

const HTTP_PARTS = {
  connection: "Connections",
  "request line": "The request line",
  "header fields": "The header fields",
  framing: "How long the body is",
  body: "The body",
};

/** Each generated file with what makes its text. */
const GENERATED = [
  { file: "docs/settings.md", make: settingsDocument },
  { file: "docs/http.md", make: httpDocument },
  { file: "docs/probe.md", make: probeDocument },
  { file: "docs/conformance.md", make: () => conformanceDocument(readResults()) },
  { file: "spec/wsgi-typescript.md", make: wsgiDocument },
];

const stale = GENERATED.filter(({ file, make }) => textOf(file) !== make());
if (process.argv.includes("--check")) {
  for (const { file } of stale) console.error(`${file} is stale; run npm run generate`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const { file, make } of stale) {
    writeFileSync(join(root, file), make());
    console.log(`wrote ${file}`);
  }
}

function textOf(file) {
  try {
    return readFileSync(join(root, file), "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

function settingsDocument() {
  return `# Settings

Names and defaults are gunicorn's unless the text says otherwise. The command line comes before the
environment, and that before the default; \`portico --print-config TARGET\` shows what each setting
is and where its value comes from. Long flags may be shortened as long as they stay unambiguous. Of
an option given twice the last counts, except where it says *repeatable*.

*This file is made from src/cli/settings.ts by \`npm run generate\`.*

${SECTIONS.map(settingsSection)
  .filter((text) => text !== "")
  .join("\n\n")}
`;
}

function settingsSection(section) {
  const names = SETTING_NAMES.filter((name) => SETTINGS[name].section === section);
  if (names.length === 0) return "";
  return `## ${section}\n\n${names.map(settingEntry).join("\n\n")}`;
}

function settingEntry(name) {
  const { flags, metavar, environment, repeatable, help } = SETTINGS[name];
  const value = metavar === undefined ? "" : ` ${metavar}`;
  const byDefault = metavar === undefined ? undefined : defaultText(name);
  const facts = [
    flags.map((flag) => `\`${flag}${value}\``).join(", "),
    ...(repeatable ? ["*repeatable*"] : []),
    ...(byDefault === undefined ? [] : [`default \`${byDefault}\``]),
    ...(environment === undefined ? [] : [`environment \`${environment.variable}\``]),
  ];
  return `### ${name}\n\n${facts.join(" · ")}\n\n${help}`;
}

function httpDocument() {
  const parts = Object.entries(HTTP_PARTS).map(([part, title]) => refusalsOf(part, title));
  return withMade("docs/http.md", "src/http/refusals.ts", parts.join("\n\n"));
}

function probeDocument() {
  return withMade("docs/probe.md", "src/probe/rows", ROW_GROUPS.map(rowsOf).join("\n\n"));
}

function rowsOf(group) {
  const rows = ROWS.filter((row) => row.group === group).map(
    ({ name, title, level, source }) => `| \`${name}\` | ${title} | ${level} | ${source} |`,
  );
  return `### ${group}\n\n| row | rule | level | source |\n| --- | --- | --- | --- |\n${rows.join("\n")}`;
}

function wsgiDocument() {
  return withMade("spec/wsgi-typescript.md", "src/wsgi", specification(root));
}

/** A document with its made part anew, and what is around that as it was written. */
function withMade(file, source, made) {
  const begin = `<!-- Made from ${source} by \`npm run generate\`. -->`;
  const written = textOf(file) ?? `${begin}${END}\n`;
  const [before = ""] = written.split(begin);
  const [, after = ""] = written.split(END);
  return `${before}${begin}\n\n${made}\n\n${END}${after}`;
}

function refusalsOf(part, title) {
  const rows = Object.values(REFUSALS)
    .filter((refusal) => refusal.part === part)
    .map(({ status, says, rule, why }) => `| ${statusLine(status)} | ${says} | ${rule} | ${why} |`);
  return `### ${title}\n\n| answer | because | rule | why |\n| --- | --- | --- | --- |\n${rows.join("\n")}`;
}
