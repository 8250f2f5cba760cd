/** The charts of docs/: which works stand in each. */
import type { Results, ServerResult, WorkResult } from "../results.ts";
import { type Bar, barChart, type Panel } from "./bar-chart.ts";
import { MEASURES, written } from "./measures.ts";
import { bestOfEach, inOrder, OURS, type Ranked } from "./ranking.ts";
import { spreadOf } from "./statistics.ts";
import { loadText } from "./work-table.ts";

interface ChartPlan {
  /** In docs/. */
  readonly file: string;
  readonly title: string;
  readonly works: readonly string[];
}

export interface Chart {
  readonly file: string;
  readonly title: string;
  readonly svg: string;
}

const PLANS: readonly ChartPlan[] = [
  {
    file: "performance.svg",
    title: "Python applications",
    works: ["python-hello", "python-browser", "python-500", "python-10k", "flask", "django"],
  },
  {
    file: "performance-typescript.svg",
    title: "TypeScript applications",
    works: [
      ...["typescript-hello", "typescript-browser", "typescript-close"],
      ...["open-connections-typescript", "server-workers", "server-workers-busy"],
    ],
  },
  {
    file: "performance-static.svg",
    title: "Static files",
    works: ["static-1k", "static-100k", "static-10m"],
  },
  {
    file: "performance-bodies.svg",
    title: "Uploads and streams",
    works: ["upload-1m", "stream-100m", "python-echo"],
  },
  {
    file: "performance-latency.svg",
    title: "Latency at a fixed rate",
    works: ["fixed-rate", "mix"],
  },
];

/** Those of which at least one work was measured. */
export function chartsOf(results: Results): readonly Chart[] {
  return PLANS.flatMap(({ file, title, works }) => {
    const found = works.flatMap((name) => results.works.find(({ work }) => work === name) ?? []);
    const measured = found.filter((work) => bestOfEach(work, work.measure).length > 0);
    if (measured.length === 0) return [];
    const panels = measured.map(panelOf);
    return { file, title, svg: barChart({ title, panels, caption: captionOf(results, measured) }) };
  });
}

/** A bar for each that is shown; a software that was never measured says so. */
function panelOf(work: WorkResult): Panel {
  const { title, better } = MEASURES[work.measure];
  const failed = softwareNotMeasured(work).map((label) => ({
    label,
    text: "not measured",
    isOurs: label === OURS,
  }));
  return {
    title: work.title,
    legend: `${title}, ${better} is better`,
    bars: [...shown(work).map(({ server }) => barOf(server, work)), ...failed],
  };
}

/** The best settings of each software, or every row of a work that has variants. */
function shown(work: WorkResult): readonly Ranked[] {
  const hasVariants = work.servers.some(({ variant }) => variant !== undefined);
  return hasVariants ? inOrder(work) : bestOfEach(work, work.measure);
}

function barOf({ server, software, rounds }: ServerResult, { measure }: WorkResult): Bar {
  const extent = spreadOf(rounds, measure);
  const named = { label: server, isOurs: software === OURS };
  if (extent === undefined) return { ...named, text: "not measured" };
  return { ...named, text: written(extent.median, measure), extent };
}

function softwareNotMeasured(work: WorkResult): readonly string[] {
  const measured = bestOfEach(work, work.measure).map(({ server }) => server.software);
  const all = new Set(work.servers.map(({ software }) => software));
  return [...all].filter((software) => !measured.includes(software));
}

/** Settings are those of the first work that a server did; the others differ in the application. */
function captionOf(results: Results, works: readonly WorkResult[]): string[] {
  const settings = new Map<string, string>();
  for (const work of works) {
    for (const { server } of shown(work)) {
      if (!settings.has(server.server)) settings.set(server.server, server.settings);
    }
  }
  const versions = Object.entries(results.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${results.date.slice(0, 10)}, ${results.cores} cores; ${versions.join(", ")}.`,
    "A bar is the median of the rounds, the line in it goes from the lowest to the highest.",
    ...works.map((work) => `${work.title}: ${loadText(work)}.`),
    ...[...settings].map(([server, command]) => `${server}: ${command}`),
  ];
}
