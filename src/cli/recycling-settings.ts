/** The settings of how workers come and go: warmed up at first, replaced when they are worn. */
import { quoted } from "../log/escapes.ts";
import type { RecyclingOptions } from "../processes/recycling.ts";
import { SettingError, UsageError } from "./errors.ts";
import { bytesOf, type MemorySize, memorySize, NO_MEMORY_LIMIT } from "./memory-size.ts";
import type { SettingTable } from "./setting.ts";
import { lastOf, NO_VALUE, type SettingType, wholeNumber } from "./setting-types.ts";

/** Times are seconds. */
export interface RecyclingSettings {
  readonly warmup: string | undefined;
  readonly maxRequests: number;
  readonly maxRequestsJitter: number;
  readonly maxWorkerAge: number;
  readonly maxRss: MemorySize;
}

const requestPath: SettingType<string | undefined> = {
  shape: "text",
  read(texts, origin) {
    const text = lastOf(texts);
    if (/^\/[!-~]*$/.test(text) && !/%(?![\da-f]{2})/i.test(text)) return text;
    throw new SettingError(origin, `${quoted(text)} is no path such as /health?full=1`);
  },
  show: (path) => path ?? NO_VALUE,
};

export const RECYCLING_SETTINGS: SettingTable<RecyclingSettings> = {
  warmup: {
    section: "Worker Processes",
    flags: ["--warmup"],
    metavar: "PATH",
    type: requestPath,
    default: undefined,
    help: "A path that each new worker is asked for, on localhost and by GET, before it gets requests of clients. It must answer below 500 within --boot-timeout, else the worker counts as one that does not boot.",
  },
  maxRequests: {
    section: "Worker Processes",
    flags: ["--max-requests"],
    metavar: "INT",
    type: wholeNumber(0),
    default: 0,
    help: "Replace a worker after so many requests; 0 for never. It serves on until its successor is ready, and one is replaced at a time, here and for the limits below; so it may serve some more.",
  },
  maxRequestsJitter: {
    section: "Worker Processes",
    flags: ["--max-requests-jitter"],
    metavar: "INT",
    type: wholeNumber(0),
    default: 0,
    help: "Up to so many requests more, another number for each worker.",
  },
  maxWorkerAge: {
    section: "Worker Processes",
    flags: ["--max-worker-age"],
    metavar: "SECONDS",
    type: wholeNumber(0),
    default: 0,
    help: "Replace a worker so long after it was ready; 0 for never.",
  },
  maxRss: {
    section: "Worker Processes",
    flags: ["--max-rss"],
    metavar: "SIZE",
    type: memorySize,
    default: NO_MEMORY_LIMIT,
    help: "Replace a worker process that holds so much memory (resident, looked at each second, on Linux alone): bytes, 512M, 2G, or a share such as 20% of the container's limit, or of the machine's memory where there is none; 0 for no limit.",
  },
};

/** @throws {UsageError} this system does not tell what a process holds */
export function recyclingOptions(settings: RecyclingSettings): Required<RecyclingOptions> {
  const { maxRequests, maxRequestsJitter, maxWorkerAge } = settings;
  const maxRss = bytesOf(settings.maxRss);
  if (maxRss > 0 && process.platform !== "linux") {
    throw new UsageError("--max-rss needs Linux; use --max-requests or --max-worker-age");
  }
  return { maxRequests, maxRequestsJitter, maxWorkerAge, maxRss };
}
