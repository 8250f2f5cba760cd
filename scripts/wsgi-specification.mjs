/** The generated half of spec/wsgi-typescript.md: the types, and the rules in the sections of PEP 3333. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { APPLICATION_REQUIREMENTS } from "../build/src/wsgi/lint/application-requirements.js";
import { remedyOf, SECTIONS, sourceOf } from "../build/src/wsgi/lint/rule.js";
import { RULES } from "../build/src/wsgi/lint/rules.js";
import { SERVER_REQUIREMENTS } from "../build/src/wsgi/lint/server-requirements.js";
import { ruleTexts } from "./rule-texts.mjs";

const HOW_TO_READ = `They stand in the sections of PEP 3333. Each has its name, by which lint and \`portico check\` tell of
it, its level, who owes it, where it stands if not in that section of PEP 3333, and who judges it. The
numbers count the requirements of PEP 3333 by role, in its order: S on servers, A on applications, M on
middleware; V are the checks of Python's wsgiref.validate, all of which are here but three that PEP 3333 does not
ask: read() without a size, a method that is not among eight, and a Content-Type beside 204 or 304.`;

/** Markdown without a line end. @throws if a rule has no comment */
export function specification(root) {
  const texts = ruleTexts(root, "src/wsgi/lint");
  const entries = [
    ...[...RULES].map(([name, rule]) => ({ name, rule, judge: "lint" })),
    ...entriesOf(SERVER_REQUIREMENTS, "portico probe"),
    ...entriesOf(APPLICATION_REQUIREMENTS, undefined),
  ].map((entry) => ({ ...entry, text: textOf(entry.name, texts) }));
  const ours = entries.filter(({ rule }) => rule.only !== "python");
  const pythons = entries.filter(({ rule }) => rule.only === "python");
  return [
    typesSection(root),
    `## The rules\n\n${HOW_TO_READ}`,
    ...SECTIONS.map((section, index) => rulesSection(section, index + 1, ours)),
    pythonSection(pythons),
  ].join("\n\n");
}

function entriesOf(requirements, judge) {
  return Object.entries(requirements).map(([name, rule]) => ({ name, rule, judge }));
}

function textOf(name, texts) {
  const text = texts.get(name);
  if (!text) throw new Error(`the rule ${name} has no comment in src/wsgi/lint`);
  return text;
}

function typesSection(root) {
  const source = readFileSync(join(root, "src/wsgi/types.ts"), "utf8");
  const types = source.slice(source.indexOf("*/") + 2).trim();
  return `## The types\n\nThis is \`portico/wsgi\`; it runs nothing, and imports one type of Node.js.\n\n\`\`\`ts\n${types}\n\`\`\``;
}

function rulesSection(section, number, entries) {
  const rules = entries
    .filter(({ rule }) => rule.section === section)
    .map((entry, index) => ruleEntry(entry, `${number}.${index + 1}`));
  return [`### ${number} ${section}`, ...rules].join("\n\n");
}

function ruleEntry({ name, rule, judge, text }, number) {
  const facts = [
    rule.level,
    rule.side,
    ...(rule.source === undefined ? [] : [sourceOf(rule)]),
    ...(rule.rows.length === 0 ? [] : [rule.rows.join(" ")]),
    judge === undefined ? "judged by nobody" : `judged by ${judge}`,
  ];
  return [
    `#### ${number} ${name}`,
    `*${facts.join(" · ")}*`,
    text,
    ...(rule.remedy === undefined ? [] : [`**Remedy:** ${remedyOf(rule, "typescript")}.`]),
  ].join("\n\n");
}

function pythonSection(entries) {
  const rules = entries.map(
    ({ name, rule, text }) =>
      `- **${name}** (${rule.level}, ${rule.rows.join(" ")}): ${text.replaceAll("\n", "\n  ")}`,
  );
  const reason =
    "For Python applications the same rules are judged, but those that section 19 adds, and these:";
  return `### ${SECTIONS.length + 1} Rules that Python alone can break\n\n${reason}\n\n${rules.join("\n")}`;
}
