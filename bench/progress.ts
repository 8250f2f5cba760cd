/** A measurement in one line, as it is printed while the servers take turns. */
import type { Measurement } from "./results.ts";

type Format = (value: number) => string;

/** In the order in which they are printed; what the work does not measure is left out. */
const FORMATS: Readonly<Record<keyof Measurement, Format>> = {
  requestsPerSecond: (value) => `${Math.round(value)} requests/s`,
  bytesPerSecond: (value) => `${(value / 1e6).toFixed(1)} MB/s`,
  cpuSecondsPerRequest: (value) => `${(value * 1e6).toFixed(1)} µs CPU`,
  p50: (value) => `p50 ${milliseconds(value)}`,
  p99: (value) => `p99 ${milliseconds(value)}`,
  p999: (value) => `p99.9 ${milliseconds(value)}`,
  startSeconds: (value) => `started in ${milliseconds(value)}`,
  residentBytes: (value) => `${(value / 1e6).toFixed(1)} MB`,
  bytesPerConnection: (value) => `${(value / 1024).toFixed(1)} KiB a connection`,
  connectionsServed: (value) => `${value.toFixed(1)} served at a time`,
  errors: (value) => `${value} errors`,
};

export function progressOf(measurement: Measurement): string {
  // Object.entries forgets the keys' type; FORMATS has those of a measurement alone.
  const formats = Object.entries(FORMATS) as [keyof Measurement, Format][];
  return formats
    .flatMap(([key, format]) => {
      const value = measurement[key];
      return value === undefined ? [] : format(value);
    })
    .join(", ");
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1e3).toFixed(2)} ms`;
}
