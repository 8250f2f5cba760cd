/** How many files this process may have open, and so how many connections. */
import { readFileSync } from "node:fs";

/** What is kept for workers, logs and the application's own. */
const KEPT_SHARE = 0.2;

/** Infinity where the system does not say. Node.js has raised the soft limit to the hard one. */
export function maxOpenFiles(): number {
  if (process.platform !== "linux") return Number.POSITIVE_INFINITY;
  const limits = readFileSync("/proc/self/limits", "latin1");
  const [, soft = ""] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
  return soft === "" ? Number.POSITIVE_INFINITY : Number(soft);
}

/** How many of them clients may cause to be open: their connections, and files for their bodies. */
export function filesForClients(openFiles: number = maxOpenFiles()): number {
  return Math.floor(openFiles * (1 - KEPT_SHARE));
}
