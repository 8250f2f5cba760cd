/** What is measured: its unit, how it is written, and whether more of it is better. */
import type { Measure } from "../results.ts";

interface MeasureFacts {
  /** The head of its column. */
  readonly title: string;
  /** Behind a number that stands alone. */
  readonly unit: string;
  /** What a measurement is multiplied by to be in that unit. */
  readonly scale: number;
  readonly better: "more" | "less";
}

/** In the order of the columns. */
export const MEASURES: Readonly<Record<Measure, MeasureFacts>> = {
  requestsPerSecond: { title: "requests/s", unit: "requests/s", scale: 1, better: "more" },
  bytesPerSecond: { title: "MB/s", unit: "MB/s", scale: 1e-6, better: "more" },
  startSeconds: { title: "start ms", unit: "ms", scale: 1e3, better: "less" },
  bytesPerConnection: {
    title: "KiB a connection",
    unit: "KiB a connection",
    scale: 1 / 1024,
    better: "less",
  },
  cpuSecondsPerRequest: {
    title: "CPU µs a request",
    unit: "µs of CPU a request",
    scale: 1e6,
    better: "less",
  },
  p50: { title: "p50 ms", unit: "ms", scale: 1e3, better: "less" },
  p99: { title: "p99 ms", unit: "ms", scale: 1e3, better: "less" },
  p999: { title: "p99.9 ms", unit: "ms", scale: 1e3, better: "less" },
  residentBytes: { title: "PSS MiB", unit: "MiB", scale: 1 / 1024 ** 2, better: "less" },
  connectionsServed: {
    title: "served at once",
    unit: "connections served at once",
    scale: 1,
    better: "more",
  },
};

// Object.entries and Object.keys forget the type of the keys.
export const MEASURE_NAMES = Object.keys(MEASURES) as readonly Measure[];

/** A measurement in its unit, without it. */
export function written(value: number, measure: Measure): string {
  return number(value * MEASURES[measure].scale);
}

/** Three digits that count, or all before the point. */
export function number(value: number): string {
  const digits = { maximumSignificantDigits: 3, minimumSignificantDigits: value === 0 ? 1 : 3 };
  return Math.abs(value) < 100
    ? value.toLocaleString("en", digits)
    : Math.round(value).toLocaleString("en");
}
