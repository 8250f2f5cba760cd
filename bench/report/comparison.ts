/** The made part of README: Portico beside its peers at some works, in the languages that README has. */
import type { Results, WorkResult } from "../results.ts";
import { bestOfEach, OURS, type Ranked } from "./ranking.ts";
import { spreadOf } from "./statistics.ts";
import { markdownTable } from "./table.ts";

export type Language = "en" | "zh-CN";

type Words = Readonly<Record<Language, string>>;

/** A line of the table. Each work is compared with each rival, at the work's own measure. */
export interface Comparison {
  readonly title: Words;
  readonly works: readonly string[];
  /** Software, or all but these: then the best of it is the rival. */
  readonly rivals: readonly string[] | { readonly allBut: readonly string[] };
  /** Behind the rivals' names. */
  readonly note?: Words;
}

/** Where Portico wins and where it loses: a work that users would ask for is not left out for its ratio. */
export const COMPARISONS: readonly Comparison[] = [
  ...rowsOf(["python-hello"], { en: 'Python "Hello World"', "zh-CN": "Python “Hello World”" }, [
    ["gunicorn"],
    ["uWSGI", "Granian"],
  ]),
  ...rowsOf(
    ["python-browser"],
    { en: "the same, a browser's header fields", "zh-CN": "同上，带浏览器的请求头" },
    [["uWSGI", "Granian"]],
  ),
  ...rowsOf(
    ["python-close"],
    { en: "the same, a new connection for each request", "zh-CN": "同上，每个请求新建一个连接" },
    [["gunicorn", "uWSGI"]],
  ),
  ...rowsOf(["flask"], { en: 'Flask "Hello World"', "zh-CN": "Flask “Hello World”" }, [
    ["gunicorn"],
    ["uWSGI", "Granian"],
  ]),
  ...rowsOf(["django"], { en: "Django page", "zh-CN": "Django 页面" }, [
    ["gunicorn"],
    ["uWSGI", "Granian"],
  ]),
  ...rowsOf(["upload-1m"], { en: "Python, uploads of 1 MB", "zh-CN": "Python，上传 1 MB" }, [
    ["gunicorn", "uWSGI"],
  ]),
  ...rowsOf(["stream-100m"], { en: "Python, streams of 100 MB", "zh-CN": "Python，100 MB 的流" }, [
    ["gunicorn", "uWSGI"],
  ]),
  {
    title: { en: 'TypeScript "Hello World"', "zh-CN": "TypeScript “Hello World”" },
    works: ["typescript-hello"],
    rivals: { allBut: [] },
    note: { en: ", the best of five", "zh-CN": "，五者中最快" },
  },
  {
    title: { en: "the same, a browser's header fields", "zh-CN": "同上，带浏览器的请求头" },
    works: ["typescript-browser"],
    rivals: { allBut: [] },
    note: { en: ", the best of five", "zh-CN": "，五者中最快" },
  },
  {
    title: { en: "TypeScript, a router and JSON", "zh-CN": "TypeScript，路由与 JSON" },
    works: ["typescript-json"],
    rivals: { allBut: [] },
    note: { en: ", the best of three", "zh-CN": "，三者中最快" },
  },
  {
    title: { en: "static files, 1 KB and 100 KB", "zh-CN": "静态文件，1 KB 与 100 KB" },
    works: ["static-1k", "static-100k"],
    rivals: ["nginx"],
  },
  {
    title: { en: "static files, 1 KB and 100 KB", "zh-CN": "静态文件，1 KB 与 100 KB" },
    works: ["static-1k", "static-100k"],
    rivals: { allBut: ["nginx"] },
    note: { en: ", the best of Node.js and Python", "zh-CN": "，Node.js 与 Python 中最快者" },
  },
];

function rowsOf(
  works: readonly string[],
  title: Words,
  rivals: readonly (readonly string[])[],
): Comparison[] {
  return rivals.map((together) => ({ title, works, rivals: together }));
}

const HEADS: Readonly<Record<Language, readonly string[]>> = {
  en: ["the same application", "Portico ÷ peer", "requests/s", "CPU a request"],
  "zh-CN": ["同一个应用", "Portico ÷ 对手", "每秒请求数", "每请求 CPU"],
};

const COMMAS: Words = { en: ", ", "zh-CN": "、" };

export function comparisonTable(
  results: Results | undefined,
  language: Language,
  comparisons: readonly Comparison[] = COMPARISONS,
): string {
  const list = (words: readonly string[]): string => words.join(COMMAS[language]);
  const rows = comparisons.map((comparison) => {
    const found = pairs(comparison, results?.works ?? []);
    const names = [...new Set(found.map(({ rival }) => rival))];
    const note = comparison.note?.[language] ?? "";
    return [
      comparison.title[language],
      `${list(names)}${note}`,
      list(found.map(({ speed }) => times(speed))),
      list(found.map(({ cpu }) => times(cpu))),
    ];
  });
  return markdownTable({ head: HEADS[language], rows });
}

interface Pair {
  readonly rival: string;
  /** Ours divided by the rival's; undefined where one of them was not measured. */
  readonly speed?: number;
  readonly cpu?: number;
}

function pairs({ works, rivals }: Comparison, measured: readonly WorkResult[]): Pair[] {
  return works.flatMap((name) => {
    const work = measured.find((candidate) => candidate.work === name);
    const best = work === undefined ? [] : bestOfEach(work, work.measure);
    const ours = best.find(({ server }) => server.software === OURS);
    const named = "allBut" in rivals ? bestBut(best, rivals.allBut) : rivals;
    return named.map((rival): Pair => {
      const theirs = best.find(({ server }) => server.software === rival);
      return ours === undefined || theirs === undefined ? { rival } : pair(rival, ours, theirs);
    });
  });
}

function bestBut(best: readonly Ranked[], allBut: readonly string[]): string[] {
  const left = best.map(({ server }) => server.software).filter((name) => !name.startsWith(OURS));
  return left.filter((name) => !allBut.includes(name)).slice(0, 1);
}

function pair(rival: string, ours: Ranked, theirs: Ranked): Pair {
  return { rival, speed: ours.median / theirs.median, cpu: cpuOf(ours) / cpuOf(theirs) };
}

/** NaN where it was not measured. */
function cpuOf({ server }: Ranked): number {
  return spreadOf(server.rounds, "cpuSecondsPerRequest")?.median ?? Number.NaN;
}

/** `4.72 ×`, as docs/performance.md has it. */
function times(ratio: number | undefined): string {
  return ratio === undefined || Number.isNaN(ratio) ? "–" : `${ratio.toFixed(2)} ×`;
}
