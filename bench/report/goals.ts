/** What Portico is to reach, as data, and how far a run says it has come. */
import type { Measure, Results, ServerResult, WorkResult } from "../results.ts";
import { MEASURES, written } from "./measures.ts";
import { bestOfEach, OURS, type Ranked, ranked } from "./ranking.ts";
import { errorsOf } from "./statistics.ts";

export interface RatioGoal {
  readonly work: string;
  readonly measure: Measure;
  /** The best of these is what ours is divided by; or the best of all but these. */
  readonly rivals: readonly string[] | { readonly allBut: readonly string[] };
  readonly ratio: number;
}

/** What the worst of our servers has to keep, whatever others do. */
export interface LimitGoal {
  readonly work: string;
  readonly measure: Measure;
  readonly limit: number;
}

export type Goal = RatioGoal | LimitGoal;

export interface Judgement {
  readonly goal: Goal;
  readonly verdict: "reached" | "missed" | "not judged";
  /** What was found and what is wanted, or why nothing can be said. */
  readonly words: string;
}

const ALL = { allBut: [] };

export const GOALS: readonly Goal[] = [
  ...["python-hello", "python-browser"].flatMap((work) =>
    times(work, "requestsPerSecond", { uWSGI: 1.25, Granian: 1.1, gunicorn: 6 }),
  ),
  ...times("python-hello", "cpuSecondsPerRequest", { uWSGI: 1 }),
  ...times("flask", "requestsPerSecond", { uWSGI: 1.15, Granian: 1.1, gunicorn: 2 }),
  ...times("django", "requestsPerSecond", { uWSGI: 1.15, Granian: 1.1, gunicorn: 1.3 }),
  ...["upload-1m", "stream-100m"].flatMap((work) =>
    times(work, "bytesPerSecond", { gunicorn: 1.5, uWSGI: 1 }),
  ),
  {
    work: "typescript-hello",
    measure: "requestsPerSecond",
    rivals: ["node:http", "Fastify", "Hono", "srvx"],
    ratio: 1.25,
  },
  ...["static-1k", "static-100k"].flatMap((work): RatioGoal[] => [
    ...times(work, "requestsPerSecond", { nginx: 0.7 }),
    { work, measure: "requestsPerSecond", rivals: { allBut: ["nginx"] }, ratio: 2 },
  ]),
  ...["fixed-rate", "mix"].map(
    (work): RatioGoal => ({ work, measure: "p99", rivals: ALL, ratio: 1 }),
  ),
  ...["idle-connections", "idle-connections-typescript"].map(
    (work): LimitGoal => ({ work, measure: "bytesPerConnection", limit: 4096 }),
  ),
];

/** One goal for each rival, with what is wanted of the ratio to it. */
function times(
  work: string,
  measure: Measure,
  ratios: Readonly<Record<string, number>>,
): RatioGoal[] {
  return Object.entries(ratios).map(([rival, ratio]) => ({
    work,
    measure,
    rivals: [rival],
    ratio,
  }));
}

export function judgeGoals({ works }: Results, goals: readonly Goal[] = GOALS): Judgement[] {
  return goals.map((goal) => {
    const work = works.find((candidate) => candidate.work === goal.work);
    if (work === undefined) return notJudged(goal, "the work was not measured");
    return "limit" in goal ? judgeLimit(goal, work) : judgeRatio(goal, work);
  });
}

/** Who is compared, in words: `the best of node:http and Hono`. */
export function rivalsText(goal: Goal): string {
  if ("limit" in goal) return "–";
  const { rivals } = goal;
  if (!("allBut" in rivals)) {
    return rivals.length === 1 ? rivals.join() : `the best of ${list(rivals)}`;
  }
  return rivals.allBut.length === 0 ? "the best" : `the best but ${list(rivals.allBut)}`;
}

function judgeRatio(goal: RatioGoal, work: WorkResult): Judgement {
  const best = bestOfEach(work, goal.measure);
  const ours = best.find(({ server }) => server.software === OURS);
  if (ours === undefined) return notJudged(goal, whyNot(work, OURS));
  const rival = best.find(({ server }) => isRival(goal, server.software));
  const without = missingRivals(goal, work, best);
  if (rival === undefined) return notJudged(goal, without.join("; ") || "no other was measured");
  // As it is written, so that no verdict contradicts its number.
  const found = Math.round((ours.median / rival.median) * 100) / 100;
  const doubts = [...troublesOf([ours.server]), ...without];
  const words = `${found.toFixed(2)} × ${rival.server.server}`;
  return judged(goal, found, { words, doubts, notes: troublesOf([rival.server]) });
}

function judgeLimit(goal: LimitGoal, work: WorkResult): Judgement {
  const all = work.servers.filter(({ software }) => software === OURS);
  const worst = ranked(all, goal.measure).at(-1);
  if (worst === undefined) return notJudged(goal, whyNot(work, OURS));
  const { unit } = MEASURES[goal.measure];
  const words = `${written(worst.median, goal.measure)} ${unit}, ${worst.server.server}`;
  return judged(goal, worst.median, { words, doubts: troublesOf(all), notes: [] });
}

interface Found {
  readonly words: string;
  /** Why it may be worse than it looks: with any of them the goal is not reached. */
  readonly doubts: readonly string[];
  readonly notes: readonly string[];
}

function judged(goal: Goal, found: number, { words, doubts, notes }: Found): Judgement {
  const bound = "limit" in goal ? goal.limit : goal.ratio;
  const isGood = MEASURES[goal.measure].better === "more" ? found >= bound : found <= bound;
  const verdict = doubts.length > 0 ? "not judged" : "reached";
  return {
    goal,
    verdict: isGood ? verdict : "missed",
    words: [`${words} (goal ${boundText(goal)})`, ...doubts, ...notes].join("; "),
  };
}

/** `at least 1.25 ×`. */
function boundText(goal: Goal): string {
  const bound =
    "limit" in goal
      ? `${written(goal.limit, goal.measure)} ${MEASURES[goal.measure].unit}`
      : `${goal.ratio} ×`;
  return `${MEASURES[goal.measure].better === "more" ? "at least" : "at most"} ${bound}`;
}

function notJudged(goal: Goal, words: string): Judgement {
  return { goal, verdict: "not judged", words };
}

function isRival({ rivals }: RatioGoal, software: string): boolean {
  if (software === OURS) return false;
  return "allBut" in rivals ? !rivals.allBut.includes(software) : rivals.includes(software);
}

/** Whom the goal names and nobody measured: the best might have been among them. */
function missingRivals(goal: RatioGoal, work: WorkResult, best: readonly Ranked[]): string[] {
  const present = work.servers.map(({ software }) => software);
  const named = "allBut" in goal.rivals ? present : goal.rivals;
  return [...new Set(named)]
    .filter((software) => isRival(goal, software))
    .filter((software) => !best.some(({ server }) => server.software === software))
    .map((software) => whyNot(work, software));
}

function whyNot({ servers }: WorkResult, software: string): string {
  const failures = failuresOf(servers.filter((server) => server.software === software));
  return failures.length > 0 ? failures.join("; ") : `${software} was not measured`;
}

function failuresOf(servers: readonly ServerResult[]): string[] {
  return servers.flatMap(({ server, failure }) =>
    failure === undefined ? [] : `${server} failed: ${failure}`,
  );
}

/** Failures, and errors of those that were measured all the same. */
function troublesOf(servers: readonly ServerResult[]): string[] {
  const errors = servers.flatMap(({ server, rounds }) => {
    const count = errorsOf(rounds);
    return count === 0 ? [] : `${server} had ${count.toLocaleString("en")} errors`;
  });
  return [...failuresOf(servers), ...errors];
}

function list(words: readonly string[]): string {
  return new Intl.ListFormat("en").format(words);
}
