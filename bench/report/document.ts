/** The made part of docs/performance.md: what a run found, its goals and its settings. */
import type { Results, WorkResult } from "../results.ts";
import { type FilledChapter, filledChapters } from "./chapters.ts";
import { chartsOf } from "./charts.ts";
import { goalsTable } from "./goals-table.ts";
import { markdownTable } from "./table.ts";
import { failureLines, loadText, workTable } from "./work-table.ts";

export function performanceSections(results: Results | undefined): string {
  if (results === undefined) return "Nothing has been measured yet: `npm run bench`.";
  return [
    factsOf(results),
    ...chartsOf(results).map(({ file, title }) => `![${title}](${file})`),
    `### The goals\n\n${markdownTable(goalsTable(results))}`,
    ...filledChapters(results).flatMap(chapterSections),
  ].join("\n\n");
}

function factsOf({ date, cores, versions }: Results): string {
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `Measured on ${date.slice(0, 10)}, on ${cores} cores. ${names.join(", ")}.`;
}

function chapterSections({ title, works, missing }: FilledChapter): string[] {
  const left = missing.map((work) => `\`${work}\``).join(", ");
  return [
    `### ${title}`,
    ...works.map(workSection),
    ...(missing.length > 0 ? [`Not measured in this run: ${left}.`] : []),
  ];
}

function workSection(work: WorkResult): string {
  const failures = failureLines(work).map((line) => `- ${line.replaceAll("\n", " ")}`);
  return [
    `#### ${work.title}\n\n\`${work.work}\`${dayOf(work)}: ${loadText(work)}.`,
    markdownTable(workTable(work)),
    ...(failures.length > 0 ? [`Failed:\n\n${failures.join("\n")}`] : []),
    settingsOf(work),
  ].join("\n\n");
}

/** Works may be measured again one by one. */
function dayOf({ date }: WorkResult): string {
  return date === undefined ? "" : `, ${date.slice(0, 10)}`;
}

function settingsOf({ servers }: WorkResult): string {
  const width = Math.max(0, ...servers.map(({ server }) => server.length));
  const lines = servers.map(({ server, settings }) => `${server.padEnd(width)}  ${settings}`);
  return `<details>\n<summary>Settings</summary>\n\n\`\`\`text\n${lines.join("\n")}\n\`\`\`\n\n</details>`;
}
