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
WSGI servers by one client and one application (\`portico probe\`), on ${machine}.

✓ the server does what the rule says · **✗** it does not, and what it does stands below the table ·
– the rule does not apply, or cannot be judged from outside. Where a text leaves a choice, every safe
choice passes, and what fails is asked once more. Rules of the sources CVE and CWE are no standard's,
but what keeps a server safe that stands alone; some of these expect a proxy before them.

The sums are no marks: rules differ in weight, one fault may break several, and those who wrote Portico
chose the rules and wrote the client. Every server runs with its own defaults, but for the number of
threads, and for Apache's bound on clients, which mod_wsgi-express lowers to twenty; its commands
stand below. Werkzeug's server and wsgiref are made for development, as they say themselves.

*Made from conformance/results.json by \`npm run generate\`. \`npm run conformance\` installs and starts
the servers, asks them again and writes both; \`-- --servers NAME,NAME\` asks some of them, \`-- --rows
WORD\` puts some of the rows and writes nothing.*`;
}

function totals({ rows, servers }: Results): string {
  const head = [
    "server",
    "version",
    "threads",
    "passed",
    "**✗** MUST",
    "**✗** SHOULD, MAY",
    "–",
    "day",
  ];
  const lines = servers.map((server) => {
    const facts = [server.name, server.version, String(server.threads)];
    if (server.notRun !== undefined) return [...facts, `not run: ${server.notRun}`, "", "", "", ""];
    const count = (verdict: Verdict, ...levels: readonly RowFacts["level"][]): string => {
      const found = rows.filter(
        ({ name, level }) =>
          server.judgements[name]?.verdict === verdict &&
          (levels.length === 0 || levels.includes(level)),
      );
      return String(found.length);
    };
    const failed = [count("fail", "MUST"), count("fail", "SHOULD", "MAY")];
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

/** Evidence may quote whatever a server sent, in one line. */
function code(evidence: string): string {
  // One more backtick than stands inside opens and ends it (CommonMark §6.1).
  const longest = Math.max(0, ...[...evidence.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest > 0 ? `${fence} ${evidence} ${fence}` : `${fence}${evidence}${fence}`;
}
