/** A process and all below it, read from Linux's /proc: which they are and what CPU time they took. */
import { readdirSync, readFileSync } from "node:fs";

export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** With the pid, what tells a process from a later one of the same pid. */
  readonly startTime: string;
  readonly cpuSeconds: number;
}

// USER_HZ, in which /proc counts, is 100 on every architecture Node.js runs on.
const ticksPerSecond = 100;

/** The process `root` and its descendants; empty when it has ended. */
export function processTree(root: number): ProcessFacts[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
  const below = (parent: ProcessFacts): ProcessFacts[] => [
    parent,
    ...all.filter((child) => child.parent === parent.pid).flatMap(below),
  ];
  return all.filter(({ pid }) => pid === root).flatMap(below);
}

/** User and system time of all of them, with that of children they have waited for. */
export function totalCpuSeconds(tree: readonly ProcessFacts[]): number {
  return tree.reduce((total, { cpuSeconds }) => total + cpuSeconds, 0);
}

/** Proportional set sizes: memory that several of them share counts once. */
export function totalResidentBytes(tree: readonly ProcessFacts[]): number {
  return tree.reduce((total, { pid }) => total + residentBytes(pid), 0);
}

export function isAlive({ pid, startTime }: ProcessFacts): boolean {
  return readProcess(pid)?.startTime === startTime;
}

/** proc(5): the name in parentheses may hold anything; the numbers follow the last parenthesis. */
function readProcess(pid: number): ProcessFacts | undefined {
  const stat = readFacts(pid, "stat");
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, parent = ""] = fields;
  if (state === "Z") return undefined;
  // utime, stime, cutime, cstime are the 14th to 17th of the line; the state is the 3rd.
  const ticks = fields.slice(11, 15).reduce((total, field) => total + Number(field), 0);
  return {
    pid,
    parent: Number(parent),
    startTime: fields[19] ?? "",
    cpuSeconds: ticks / ticksPerSecond,
  };
}

/** Kernel documentation, filesystems/proc: the sums of all mappings, in units of 1024 bytes. */
function residentBytes(pid: number): number {
  const kilobytes = readFacts(pid, "smaps_rollup")?.match(/^Pss: +(\d+) kB$/m)?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

function readFacts(pid: number, file: "stat" | "smaps_rollup"): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch (error) {
    // It ended between the listing and the reading: ENOENT, or ESRCH if the file was open.
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
}
