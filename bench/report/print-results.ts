/** What a run found, for a terminal: a table a work, then the goals. */
import type { Results, WorkResult } from "../results.ts";
import { filledChapters } from "./chapters.ts";
import { goalsTable } from "./goals-table.ts";
import { alignedTable } from "./table.ts";
import { failureLines, loadText, workTable } from "./work-table.ts";

export function printResults(results: Results): void {
  console.log(resultsText(results));
}

/** Works in the order of the chapters, then what was left out, then the goals that were measured. */
export function resultsText(results: Results): string {
  const chapters = filledChapters(results);
  const missing = chapters.flatMap((chapter) => chapter.missing);
  const measured = new Set(results.works.map(({ work }) => work));
  return [
    ...chapters.flatMap(({ works }) => works.map(workText)),
    ...(missing.length > 0 ? [`Not measured: ${missing.join(", ")}`] : []),
    alignedTable(goalsTable(results, measured)),
  ].join("\n\n");
}

function workText(work: WorkResult): string {
  const title = `${work.title} (${work.work}): ${loadText(work)}`;
  return [title, alignedTable(workTable(work)), ...failureLines(work)].join("\n");
}
