/** Writes the documents that are made from code; with --check, only names those that are stale. */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { microSection } from "../build/bench/micro/section.js";
import { chartsOf } from "../build/bench/report/charts.js";
import { comparisonTable } from "../build/bench/report/comparison.js";
import { performanceSections } from "../build/bench/report/document.js";
import { readResults as readBenchmark } from "../build/bench/results-file.js";
import { conformanceDocument } from "../build/conformance/document.js";
import { readResults } from "../build/conformance/results-file.js";
import { FOLDER_SETTINGS } from "../build/src/cli/folder-settings.js";
import { GUNICORN_NAMES } from "../build/src/cli/gunicorn-names.js";
import { GUNICORN_OPTIONS } from "../build/src/cli/gunicorn-options.js";
import { defaultText } from "../build/src/cli/help.js";
import { longFlag, SECTIONS } from "../build/src/cli/setting.js";
import { SETTING_NAMES, SETTINGS } from "../build/src/cli/settings.js";
import { REFUSALS } from "../build/src/http/refusals.js";
import { statusLine } from "../build/src/http/status.js";
import { FAMILIES } from "../build/src/metrics/families.js";
import { ROW_GROUPS } from "../build/src/probe/row.js";
import { ROWS } from "../build/src/probe/rows.js";
import { CAUSES } from "../build/src/processes/endings.js";
import { DIFFERENCES } from "../build/test/cli/http-server/differences.js";
import { specification } from "./wsgi-specification.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where what is made ends in a document whose other text is written by hand. */
const END = "<!-- The end of what is made. -->";

/** What becomes of gunicorn's options, in the order of the document. */
const FATES = {
  noted: ["Accepted, with a line in the log that says why nothing is lost", "because"],
  refused: ["Refused", "what to do"],
};

const HTTP_PARTS = {
  connection: "Connections",
  "request line": "The request line",
  "header fields": "The header fields",
  framing: "How long the body is",
  body: "The body",
};

/** Each generated file with what makes its text. */
const GENERATED = [
  { file: "README.md", make: () => readme("README.md", "en") },
  { file: "README.zh-CN.md", make: () => readme("README.zh-CN.md", "zh-CN") },
  { file: "docs/settings.md", make: settingsDocument },
  { file: "docs/http.md", make: httpDocument },
  { file: "docs/http-server.md", make: httpServerDocument },
  { file: "docs/from-gunicorn.md", make: gunicornDocument },
  { file: "docs/metrics.md", make: metricsDocument },
  { file: "docs/probe.md", make: probeDocument },
  { file: "docs/conformance.md", make: () => conformanceDocument(readResults()) },
  { file: "docs/performance.md", make: performanceDocument },
  ...charts().map(({ file, svg }) => ({ file: `docs/${file}`, make: () => svg })),
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

Names and defaults are gunicorn's unless the text says otherwise. Long flags may be shortened as long
as they stay unambiguous. Of an option given twice the last counts, except where it says *repeatable*.

## Where values come from

The weightiest first; \`portico --print-config TARGET\` shows what each setting is and where its value
comes from.

1. The command line.
2. \`PORTICO_\` and the setting's name in capitals: \`PORTICO_WORKERS=4\`, \`PORTICO_ACCESS_LOGFILE=-\`,
   \`PORTICO_CHECK_CONFIG=true\`. Several values of a repeatable one stand as a shell's words would:
   \`PORTICO_BIND=":8000 unix:/run/app.sock"\`. A variable that names no setting is told of in the log.
3. \`GUNICORN_CMD_ARGS\`: options as on the command line, split as a shell does. What is no option in it
   is passed over, as gunicorn does.
4. The configuration file: the one that \`--config\` names (on the command line, in \`PORTICO_CONFIG\` or
   in \`GUNICORN_CMD_ARGS\`), else \`portico.config.ts\`, \`.js\`, \`.mjs\` or \`.json\` in the working
   directory, else \`gunicorn.conf.py\` there ([from-gunicorn.md](from-gunicorn.md)).
5. The variables that hosts and gunicorn know: \`PORT\`, \`WEB_CONCURRENCY\`, \`FORWARDED_ALLOW_IPS\`.
6. The default.

An empty variable is as good as none. Portico's own configuration files hold settings by the names of
this page, and may name the \`target\`; an unknown name or a value of a wrong type is an error:

\`\`\`ts
import { defineConfig } from "portico";

export default defineConfig({
  target: "mysite.wsgi",
  bind: ["127.0.0.1:8000", "unix:/run/mysite.sock"],
  workers: 4,
  env: { DJANGO_SETTINGS_MODULE: "mysite.settings" },
});
\`\`\`

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

function httpServerDocument() {
  const file = "docs/http-server.md";
  const options = Object.values(FOLDER_SETTINGS).map((setting) => {
    const value = setting.metavar === undefined ? "" : ` ${setting.metavar}`;
    const flags = setting.flags.map((flag) => `\`${flag}${value}\``).join(", ");
    const byDefault = setting.metavar === undefined ? "" : setting.type.show(setting.default);
    return `| ${flags} | ${byDefault} | ${setting.help} |`;
  });
  const table = `| option | if not given | |\n| --- | --- | --- |\n${options.join("\n")}`;
  const text = withMade(file, "src/cli/folder-settings.ts", table);
  return withMadeIn(text, "test/cli/http-server/differences.ts", differences());
}

function differences() {
  const rows = DIFFERENCES.map(({ of, at, python, portico, because }) => {
    const where = typeof at === "string" ? at : at.join("; ");
    return `| ${of} | ${where} | ${python} | ${portico} | ${because} |`;
  });
  return `| of an answer | to | Python | Portico | because |\n| --- | --- | --- | --- | --- |\n${rows.join("\n")}`;
}

function probeDocument() {
  return withMade("docs/probe.md", "src/probe/rows", ROW_GROUPS.map(rowsOf).join("\n\n"));
}

function metricsDocument() {
  const rows = FAMILIES.map(({ name, type, labels, help }) => {
    const shown = labels.map((label) => `\`${label}\``).join(", ");
    return `| \`${name}\` | ${type} | ${shown} | ${help} |`;
  });
  const causes = Object.entries(CAUSES).map(([cause, words]) => `| \`${cause}\` | ${words} |`);
  const reasons = Object.entries(REFUSALS).map(
    ([name, { status, says }]) => `| \`${name}\` | ${statusLine(status)} | ${says} |`,
  );
  const parts = [
    `### What there is\n\n| metric | type | labels | is |\n| --- | --- | --- | --- |\n${rows.join("\n")}`,
    `### Why workers end\n\n| \`cause\` | means |\n| --- | --- |\n${causes.join("\n")}`,
    `### Why clients are refused\n\n[http.md](http.md) has the rules.\n\n| \`reason\` | answer | because |\n| --- | --- | --- |\n${reasons.join("\n")}`,
  ];
  return withMade("docs/metrics.md", "src/metrics/families.ts", parts.join("\n\n"));
}

function rowsOf(group) {
  const rows = ROWS.filter((row) => row.group === group).map(
    ({ name, title, level, source }) => `| \`${name}\` | ${title} | ${level} | ${source} |`,
  );
  return `### ${group}\n\n| row | rule | level | source |\n| --- | --- | --- | --- |\n${rows.join("\n")}`;
}

/** None before anything has been measured. */
function charts() {
  const results = readBenchmark();
  return results === undefined ? [] : chartsOf(results);
}

function readme(file, language) {
  return withMade(file, "bench/results.json", comparisonTable(readBenchmark(), language));
}

function performanceDocument() {
  const file = "docs/performance.md";
  const text = withMade(file, "bench/results.json", performanceSections(readBenchmark()));
  return withMadeIn(text, "bench/micro/baseline.json", microSection());
}

function wsgiDocument() {
  return withMade("spec/wsgi-typescript.md", "src/wsgi", specification(root));
}

function gunicornDocument() {
  const parts = [gunicornNames(), ...Object.keys(FATES).map(gunicornOptions)];
  return withMade("docs/from-gunicorn.md", "src/cli/gunicorn-*.ts", parts.join("\n\n"));
}

/** A document with its made part anew, and what is around that as it was written. */
function withMade(file, source, made) {
  return withMadeIn(textOf(file) ?? "", source, made);
}

/** The same for one of several made parts: the text that begins at the source's mark. */
function withMadeIn(written, source, made) {
  const begin = `<!-- Made from ${source} by \`npm run generate\`. -->`;
  const [before = "", ...rest] = written.split(begin);
  const [, ...after] = rest.join(begin).split(END);
  return `${before}${begin}\n\n${made}\n\n${END}${after.join(END)}`;
}

function gunicornNames() {
  const rows = Object.entries(GUNICORN_NAMES).map(
    ([name, setting]) => `| \`${longFlag(SETTINGS[setting])}\` | \`${name}\` |`,
  );
  return `### As in gunicorn\n\n| option | in gunicorn.conf.py |\n| --- | --- |\n${rows.join("\n")}`;
}

function gunicornOptions(fate) {
  const [title, words] = FATES[fate];
  const rows = GUNICORN_OPTIONS.filter((option) => option.fate === fate).map((option) => {
    const flags = option.flags.map((flag) => `\`${flag}\``).join(", ") || "–";
    const idle = (option.idle ?? []).map((value) => `\`${value}\``).join(", ");
    return `| ${flags} | \`${option.name}\` | ${idle} | ${option.words} |`;
  });
  return `### ${title}\n\n| option | in gunicorn.conf.py | asks for nothing | ${words} |\n| --- | --- | --- | --- |\n${rows.join("\n")}`;
}

function refusalsOf(part, title) {
  const rows = Object.values(REFUSALS)
    .filter((refusal) => refusal.part === part)
    .map(({ status, says, rule, why }) => `| ${statusLine(status)} | ${says} | ${rule} | ${why} |`);
  return `### ${title}\n\n| answer | because | rule | why |\n| --- | --- | --- | --- |\n${rows.join("\n")}`;
}
