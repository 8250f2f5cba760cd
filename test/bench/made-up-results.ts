/** Results that nobody measured, with numbers that no two servers share. */
import type { Measurement, Results, ServerResult, WorkResult } from "../../bench/results.ts";

/** A server that was measured; the software is the first word of its name. */
export function measured(server: string, ...rounds: readonly Measurement[]): ServerResult {
  const [software = server] = server.split(" ");
  return { server, software, settings: `${software} --on PORT`, rounds };
}

export function failed(server: string, failure: string): ServerResult {
  return { ...measured(server), failure };
}

export function madeUpWork(work: string, servers: readonly ServerResult[]): WorkResult {
  const measure = "requestsPerSecond";
  return { work, title: `The work ${work}`, load: "20 connections", measure, servers };
}

export function madeUpResults(...works: readonly WorkResult[]): Results {
  return { date: "2001-02-03T04:05:06Z", cores: 2, versions: { "Node.js": "20.1.2" }, works };
}

/** Rounds that differ in speed alone. */
export function speeds(...requestsPerSecond: readonly number[]): Measurement[] {
  return requestsPerSecond.map((speed) => ({ requestsPerSecond: speed }));
}
