/** The load that wrk makes: as many requests as the server answers, over a fixed number of connections. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Exchange } from "../../peers/exchange.ts";
import type { Measurement } from "../results.ts";
import {
  type Load,
  type RunningServer,
  residentBytesOf,
  type Turn,
  withCpuSeconds,
} from "./load.ts";

/** What bench/loads/wrk.lua prints. */
export interface WrkReport {
  /** Whatever the answer was. */
  readonly requests: number;
  readonly microseconds: number;
  /** Of the answers, with their heads, complete or not. */
  readonly bytes: number;
  readonly errors: number;
  /** Those of them that are whole answers, other than 2xx and 3xx. */
  readonly refused: number;
  /** Microseconds, as are the percentiles. */
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** What a report does not say of its turn. */
export interface TurnFacts {
  readonly exchange: Exchange;
  readonly connections: number;
  readonly cpuSeconds: number;
}

/** Servers whose code is compiled while it runs need so long to be as fast as they are for days. */
const warmUpSeconds = 3;
/** What takes longer is an error; wrk's own 2 s would make one of a large body. */
const longestSeconds = 30;

/** Answers from this size on count by their bytes: in a short turn few of them end. */
const largeBytes = 1_048_576;

export class WrkLoad implements Load {
  readonly words: string;
  readonly connections: number;

  readonly #names: number | undefined;

  /** With `names`, each request has twenty fields, and so many distinct names come again in turn. */
  constructor(connections: number, names?: number) {
    const fields = names === undefined ? "" : `, ${names} distinct header names, 20 a request`;
    this.words = `${connections} connections${fields}`;
    this.connections = connections;
    this.#names = names;
  }

  async run({ server, seconds, signal }: Turn): Promise<Measurement> {
    await this.#generate(server, warmUpSeconds, signal);
    const { result, cpuSeconds } = await withCpuSeconds(server, () =>
      this.#generate(server, seconds, signal),
    );
    const residentBytes = residentBytesOf(server);
    const facts = { exchange: server.exchange, connections: this.connections, cpuSeconds };
    return { ...measurementOf(result, facts), residentBytes };
  }

  async #generate(server: RunningServer, seconds: number, signal: AbortSignal): Promise<WrkReport> {
    const { url, exchange } = server;
    const settings = [
      "-t1",
      `-c${this.connections}`,
      `-d${seconds}s`,
      `--timeout=${longestSeconds}s`,
    ];
    const args = [...settings, ...wrkArguments(url, exchange, this.#names)];
    const { stdout } = await promisify(execFile)("wrk", args, { signal });
    return readWrkReport(stdout);
  }
}

/** wrk gives what stands behind `--` to the script. */
export function wrkArguments(url: string, exchange: Exchange, names?: number): string[] {
  const { method = "GET", headers = {}, sentBytes = 0 } = exchange;
  const fields = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const script = names === undefined ? "wrk" : "header-names";
  const given = [method, String(sentBytes), ...(names === undefined ? [] : [String(names)])];
  return ["-s", `bench/loads/${script}.lua`, ...fields, url, "--", ...given];
}

/** @throws when the script's line is missing from what wrk printed */
export function readWrkReport(text: string): WrkReport {
  const json = text.match(/^report (\{.*\})$/m)?.[1];
  if (json === undefined) throw new Error(`wrk printed no report:\n${text}`);
  // Nobody but bench/loads/wrk.lua writes it.
  return JSON.parse(json) as WrkReport;
}

export function measurementOf(report: WrkReport, facts: TurnFacts): Measurement {
  const { connections, cpuSeconds } = facts;
  const { body, sentBytes = 0 } = facts.exchange;
  if (report.bytes === 0) throw new Error("the server answered nothing under load");
  if (report.requests > 0 && report.refused === report.requests) {
    throw new Error("the server answered every request under load with an error");
  }
  const seconds = report.microseconds / 1e6;
  const answerBytes =
    typeof body === "object" && "piece" in body ? body.piece.length * body.times : 0;
  // To refuse is faster than to serve: who does that under load must not look good by it.
  const served = report.requests - report.refused;
  const requests = answerBytes < largeBytes ? served : report.bytes / answerBytes;
  const uploaded = served * sentBytes;
  // Little's law. wrk adds to its latencies what it believes was left out while a connection stood
  // still, so that the mean may say of more connections than there are.
  return {
    requestsPerSecond: requests / seconds,
    bytesPerSecond: Math.max(report.bytes, uploaded) / seconds,
    cpuSecondsPerRequest: cpuSeconds / requests,
    p50: report.p50 / 1e6,
    p99: report.p99 / 1e6,
    p999: report.p999 / 1e6,
    connectionsServed: Math.min(connections, (report.requests / seconds) * (report.mean / 1e6)),
    errors: report.errors,
  };
}
