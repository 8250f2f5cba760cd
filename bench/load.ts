/** Runs the load generator wrk and reads what it reports. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

export interface LoadReport {
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Seconds, as are the percentiles. */
  readonly meanLatency: number;
  readonly p50: number;
  readonly p99: number;
  /** Connections refused, cut or timed out, and answers other than 2xx and 3xx. */
  readonly errors: number;
}

export interface Load {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** @throws when wrk fails or the signal aborts. */
export async function generateLoad({
  url,
  connections,
  seconds,
  signal,
}: Load): Promise<LoadReport> {
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "--latency", url];
  const { stdout } = await promisify(execFile)("wrk", args, { signal });
  return readReport(stdout);
}

/** @throws when a number is missing from what wrk printed. */
export function readReport(text: string): LoadReport {
  const find = (pattern: RegExp): string => {
    const found = text.match(pattern)?.[1];
    if (found === undefined) throw new Error(`wrk printed nothing like ${pattern}:\n${text}`);
    return found;
  };
  return {
    requests: Number(find(/(\d+) requests in/)),
    requestsPerSecond: Number(find(/Requests\/sec: +([\d.]+)/)),
    meanLatency: toSeconds(find(/Latency +([\d.]+\w+)/)),
    p50: toSeconds(find(/ 50% +([\d.]+\w+)/)),
    p99: toSeconds(find(/ 99% +([\d.]+\w+)/)),
    errors: countErrors(text),
  };
}

const unitsInSeconds: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60 };

function toSeconds(text: string): number {
  return Number.parseFloat(text) * (unitsInSeconds[text.replace(/[\d.]+/, "")] ?? Number.NaN);
}

function countErrors(text: string): number {
  const lines = text.match(/^ *(Socket errors|Non-2xx or 3xx responses):.*$/gm) ?? [];
  const counts = lines.flatMap((line) => line.slice(line.indexOf(":")).match(/\d+/g) ?? []);
  return counts.reduce((total, count) => total + Number(count), 0);
}
