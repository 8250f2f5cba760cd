/** The made part of docs/performance.md about what each part of a request costs. */
import { number } from "../report/measures.ts";
import { markdownTable } from "../report/table.ts";
import { type Baseline, readBaseline } from "./baseline.ts";

export function microSection(baseline: Baseline | undefined = readBaseline()): string {
  if (baseline === undefined) return "Nothing has been measured yet: `npm run bench:micro`.";
  const { date, versions, languages } = baseline;
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const rows = Object.entries(languages).flatMap(([language, { parts }]) =>
    Object.entries(parts).map(([part, nanoseconds]) => [
      `${language}: ${part}`,
      number(nanoseconds / 1e3),
    ]),
  );
  return [
    markdownTable({ head: ["part", "µs"], rows }),
    `The best of many short turns on ${date.slice(0, 10)}, ${named.join(", ")}.`,
  ].join("\n\n");
}
