/** The settings of the queue in which requests wait for a Python worker. */
import type { SettingTable } from "./setting.ts";
import { wholeNumber } from "./setting-types.ts";

/** Times are seconds. */
export interface QueueSettings {
  readonly queue: number;
  readonly queueTimeout: number;
}

export const QUEUE_SETTINGS: SettingTable<QueueSettings> = {
  queue: {
    section: "Worker Processes",
    flags: ["--queue"],
    metavar: "INT",
    type: wholeNumber(0),
    // As many as --backlog: a crowd of that size is held in either place.
    default: 2048,
    help: "The most requests that may wait for a Python worker; one more is answered 503 with Retry-After. 0 lets none wait: what finds no free thread is answered 503.",
  },
  queueTimeout: {
    section: "Worker Processes",
    flags: ["--queue-timeout"],
    metavar: "SECONDS",
    type: wholeNumber(0),
    // With --timeout this makes the 60 s that nginx and load balancers wait for an answer.
    default: 30,
    help: "How long a request may wait for a Python worker before it is answered 503 with Retry-After; 0 for no limit. --timeout counts from the moment it has one.",
  },
};
