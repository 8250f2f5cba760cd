/** What every kind of load has in common: it is put on a running server, and gives a measurement. */
import type { Exchange } from "../../peers/exchange.ts";
import {
  type ProcessFacts,
  totalCpuSeconds,
  totalResidentBytes,
} from "../../peers/process-tree.ts";
import type { Measurement } from "../results.ts";

export interface RunningServer {
  readonly name: string;
  readonly port: number;
  /** With the path of its exchange. */
  readonly url: string;
  /** What it is asked, and what answer is right. */
  readonly exchange: Exchange;
  /** From the start of its process. */
  readonly secondsToFirstAnswer: number;
  processes(): ProcessFacts[];
  /** @throws when its answer is not the right one */
  verify(): Promise<void>;
}

/** One server's turn at one work. */
export interface Turn {
  readonly server: RunningServer;
  /** How long is measured; a load that needs a warm-up has it before. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** Starts another server of the table with the same work. @throws when it cannot be */
export type StartServer = (name: string) => Promise<RunningServer & AsyncDisposable>;

export interface Load {
  /** For people, as `20 keep-alive connections`. */
  readonly words: string;
  /** That many requests at the same time are verified before and after each turn. */
  readonly connections: number;
  /** Before the first turn: finds out what is the same for all servers, and who else must run for it. */
  prepare?(start: StartServer, signal: AbortSignal): Promise<void>;
  /** @throws when the load cannot be made, or the signal aborts */
  run(turn: Turn): Promise<Measurement>;
}

/** Runs the load's own way of measuring, and gives the CPU time that the server took meanwhile. */
export async function withCpuSeconds<T>(
  server: RunningServer,
  measure: () => Promise<T>,
): Promise<{ readonly result: T; readonly cpuSeconds: number }> {
  const before = totalCpuSeconds(server.processes());
  const result = await measure();
  return { result, cpuSeconds: totalCpuSeconds(server.processes()) - before };
}

export function residentBytesOf(server: RunningServer): number {
  return totalResidentBytes(server.processes());
}
