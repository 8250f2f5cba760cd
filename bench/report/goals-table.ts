/** The goals and what became of each, as a table. */
import type { Results } from "../results.ts";
import { GOALS, judgeGoals, rivalsText } from "./goals.ts";
import { MEASURES } from "./measures.ts";
import type { Table } from "./table.ts";

/** Of all goals, or of those about these works. */
export function goalsTable(results: Results, works?: ReadonlySet<string>): Table {
  const goals = GOALS.filter(({ work }) => works?.has(work) ?? true);
  return {
    head: ["goal", "measure", "against", "found"],
    rows: judgeGoals(results, goals).map(({ goal, verdict, words }) => [
      goal.work,
      MEASURES[goal.measure].title,
      rivalsText(goal),
      `${verdict}: ${words}`,
    ]),
  };
}
