/** Which works a run of everything holds, in the order in which they are told of. */
import type { Results, WorkResult } from "../results.ts";

export interface Chapter {
  readonly title: string;
  readonly works: readonly string[];
}

export const CHAPTERS: readonly Chapter[] = [
  {
    title: "Python, small answers",
    works: ["python-hello", "python-browser", "python-64", "python-500", "python-close"],
  },
  {
    title: "Python, bodies",
    works: ["python-10k", "python-echo", "upload-1m", "stream-100m"],
  },
  { title: "Python, applications", works: ["flask", "django", "sleep-50ms"] },
  {
    title: "TypeScript",
    works: [
      ...["typescript-hello", "typescript-browser", "typescript-close", "typescript-json"],
      ...["server-workers", "server-workers-busy"],
    ],
  },
  { title: "Static files", works: ["static-1k", "static-100k", "static-10m"] },
  { title: "Latency at a fixed rate", works: ["fixed-rate", "mix"] },
  {
    title: "Starting, memory and many connections",
    works: [
      ...["start-up", "start-up-django", "start-up-typescript"],
      ...["idle-memory", "idle-memory-typescript"],
      ...["idle-connections", "idle-connections-typescript", "idle-connections-files"],
      ...["open-connections", "open-connections-typescript"],
      ...["header-names", "header-names-typescript"],
    ],
  },
];

export interface FilledChapter {
  readonly title: string;
  readonly works: readonly WorkResult[];
  /** Works that belong here and were not measured. */
  readonly missing: readonly string[];
}

/** Each chapter with what was measured; works that no chapter knows follow in one of their own. */
export function filledChapters({ works }: Results): readonly FilledChapter[] {
  const known = new Set(CHAPTERS.flatMap((chapter) => chapter.works));
  const others = works.filter(({ work }) => !known.has(work)).map(({ work }) => work);
  const chapters =
    others.length > 0 ? [...CHAPTERS, { title: "Other works", works: others }] : CHAPTERS;
  return chapters.map((chapter) => ({
    title: chapter.title,
    works: chapter.works.flatMap((name) => works.find(({ work }) => work === name) ?? []),
    missing: chapter.works.filter((name) => works.every(({ work }) => work !== name)),
  }));
}
