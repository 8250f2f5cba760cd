/** What the parts cost now beside what they cost when the baseline was written. */
import { number } from "../report/measures.ts";
import type { Table } from "../report/table.ts";
import type { Baseline } from "./baseline.ts";
import type { Costs } from "./kit.ts";

/** A part may cost so many times its baseline: noise stays below, and a regression that counts does not. */
export const MAX_GROWTH = 1.5;

/** What each part cost where it cost less; the first says when it was, and with what. */
export function best(one: Baseline, other: Baseline): Baseline {
  const languages = Object.entries(one.languages).map(([language, costs]) => {
    const others = other.languages[language] ?? costs;
    return [language, lower(costs, others)] as const;
  });
  return { ...one, languages: Object.fromEntries(languages) };
}

/** A row a part: nanoseconds, loops of the reference, those of the baseline, and the growth. */
export function comparisonTable(now: Baseline, baseline: Baseline | undefined): Table {
  return {
    head: ["", "ns", "÷ reference", "baseline", "growth"],
    rows: Object.entries(now.languages).flatMap(([language, costs]) =>
      Object.entries(costs.parts).map(([part, nanoseconds]) => {
        const before = relative(baseline?.languages[language], part);
        const ratio = nanoseconds / costs.reference;
        return [
          `${language}: ${part}`,
          number(nanoseconds),
          number(ratio),
          before === undefined ? "–" : number(before),
          before === undefined ? "–" : `${(ratio / before).toFixed(2)} ×`,
        ];
      }),
    ),
  };
}

/** One line for each part that grew too much, or that only one of the two knows. */
export function objections(now: Baseline, baseline: Baseline): string[] {
  const languages = new Set([...Object.keys(now.languages), ...Object.keys(baseline.languages)]);
  return [...languages].flatMap((language) => {
    const [costs, before] = [now.languages[language], baseline.languages[language]];
    const parts = new Set([
      ...Object.keys(costs?.parts ?? {}),
      ...Object.keys(before?.parts ?? {}),
    ]);
    return [...parts].flatMap((part) => {
      const words = objection(relative(costs, part), relative(before, part));
      return words === undefined ? [] : `${language}: ${part} ${words}`;
    });
  });
}

function lower(one: Costs, other: Costs): Costs {
  const parts = Object.entries(one.parts).map(
    ([part, cost]) => [part, Math.min(cost, other.parts[part] ?? cost)] as const,
  );
  return { reference: Math.min(one.reference, other.reference), parts: Object.fromEntries(parts) };
}

function objection(ratio: number | undefined, before: number | undefined): string | undefined {
  if (ratio === undefined) return "is in the baseline, and no benchmark any more";
  if (before === undefined) return "is not in the baseline";
  const growth = ratio / before;
  if (growth <= MAX_GROWTH) return undefined;
  return `costs ${growth.toFixed(2)} × its baseline; at most ${MAX_GROWTH} × is allowed`;
}

/** How many loops of the reference a part costs: so no machine is slow or fast. */
function relative(costs: Costs | undefined, part: string): number | undefined {
  const nanoseconds = costs?.parts[part];
  return costs === undefined || nanoseconds === undefined
    ? undefined
    : nanoseconds / costs.reference;
}
