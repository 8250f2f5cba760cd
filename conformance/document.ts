/** Makes docs/conformance.md of what a run found. */
import type { Verdict } from "../src/probe/row.ts";
import { ROW_GROUPS } from "../src/probe/row.ts";
import type { Results, RowFacts, ServerResult } from "./results.ts";

const MARKS: Readonly<Record<Verdict, string>> = {
  pass: "✓",
  fail: "**✗**",
  "not applicable": "–",
};

/** Of a row that a server was not asked. */
const NOT_ASKED = " ";

/** Evidence is shown as far as this. */
const LONGEST_EVIDENCE = 160;

export function conformanceDocument(results: Results): string {
  const judged = results.servers.filter(({ notRun }) => notRun === undefined);
  const groups = ROW_GROUPS.map((group) => ({
    group,
    rows: results.rows.filter((row) => row.group === group),
  })).filter(({ rows }) => rows.length > 0);
  const parts = [
    introduction(results),
    totals(results),
    commands(results.servers),
    ...groups.map(({ group, rows }) => groupSection(group, rows, judged)),
  ];
  return `${parts.join("\n\n")}\n`;
}

function introduction({ rows, machine }: Results): string {
  return `# Conformance

${rows.length} rules of [PEP 3333](https://peps.python.org/pep-3333/), RFC 9110 and RFC 9112, put to
WSGI servers by one client and one application (\`portico probe\`), on ${machine}. Every server
runs with its own defaults but for the number of threads; what is not a default stands in its command.

✓ the server does what the rule says · **✗** it does not, and why stands below the table · – the rule
does not apply. A rule that a document only recommends is marked SHOULD, one that it permits MAY. Where a rule leaves a
choice, every safe choice passes.

*Made from conformance/results.json by \`npm run generate\`. \`npm run conformance\` installs and starts
the servers, asks them again and writes both; \`-- --servers NAME,NAME\` asks some of them, \`-- --rows
WORD\` puts some of the rows and writes nothing.*`;
}

function totals({ rows, servers }: Results): string {
  const head = ["server", "version", "threads", "passed", "**✗** MUST", "**✗** SHOULD", "–", "day"];
  const lines = servers.map((server) => {
    const facts = [server.name, server.version, String(server.threads)];
    if (server.notRun !== undefined) return [...facts, `not run: ${server.notRun}`, "", "", "", ""];
    const count = (verdict: Verdict, level?: RowFacts["level"]): string =>
      String(
        rows.filter(
          (row) =>
            server.judgements[row.name]?.verdict === verdict &&
            (level === undefined || level === row.level),
        ).length,
      );
    const failed = [count("fail", "MUST"), count("fail", "SHOULD")];
    return [...facts, count("pass"), ...failed, count("not applicable"), server.date];
  });
  return `## The servers\n\n${table([head, ...lines])}`;
}

function commands(servers: readonly ServerResult[]): string {
  const width = Math.max(...servers.map(({ name }) => name.length));
  const lines = servers.map(({ name, command }) => `${name.padEnd(width)}  ${command}`);
  return `With \`PYTHONPATH=python/probe\`, in the repository's root:\n\n\`\`\`text\n${lines.join("\n")}\n\`\`\``;
}

function groupSection(
  group: string,
  rows: readonly RowFacts[],
  servers: readonly ServerResult[],
): string {
  const head = ["", ...servers.map(({ short }) => short)];
  const lines = rows.map((row) => [
    `${row.title}<br><sub>${row.level} · ${row.source}</sub>`,
    ...servers.map(({ judgements }) => {
      const judgement = judgements[row.name];
      return judgement === undefined ? NOT_ASKED : MARKS[judgement.verdict];
    }),
  ]);
  const failures = rows.flatMap((row) => failuresOf(row, servers));
  const why =
    failures.length === 0
      ? "None fails."
      : `<details>\n<summary>What the servers that fail do</summary>\n\n${failures.join("\n")}\n\n</details>`;
  return `## ${group}\n\n${table([head, ...lines])}\n\n${why}`;
}

/** One entry for a row, servers that fail alike together. */
function failuresOf(row: RowFacts, servers: readonly ServerResult[]): readonly string[] {
  const byEvidence = new Map<string, string[]>();
  for (const { short, judgements } of servers) {
    const judgement = judgements[row.name];
    if (judgement?.verdict !== "fail") continue;
    const alike = byEvidence.get(judgement.evidence) ?? [];
    byEvidence.set(judgement.evidence, [...alike, short]);
  }
  if (byEvidence.size === 0) return [];
  const entries = [...byEvidence].map(
    ([evidence, names]) => `  - ${names.join(", ")}: ${code(evidence)}`,
  );
  return [`- ${cell(row.title)}`, ...entries];
}

function table(lines: readonly (readonly string[])[]): string {
  const [head = [], ...rest] = lines;
  const rule = head.map((_, column) => (column === 0 ? "---" : ":-:"));
  return [head, rule, ...rest].map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

/** Evidence may quote whatever a server sent. */
function code(evidence: string): string {
  const short =
    evidence.length > LONGEST_EVIDENCE ? `${evidence.slice(0, LONGEST_EVIDENCE)}…` : evidence;
  // One more backtick than stands inside opens and ends it (CommonMark §6.1).
  const fence = "`".repeat(
    1 + Math.max(0, ...[...short.matchAll(/`+/g)].map(([run]) => run.length)),
  );
  const inside = short.replace(/[\0-\x1f\x7f]+/g, " ");
  return fence.length > 1 ? `${fence} ${inside} ${fence}` : `${fence}${inside}${fence}`;
}
