/** Which path a Unix socket has that this process did not bind: the kernel's list tells. */
import { fstatSync, readFileSync } from "node:fs";
import type { Address } from "./addresses.ts";

/** Where there is no such list, as on macOS, the path is empty. */
export function boundPath(descriptor: number): Address {
  return { kind: "unix", path: pathIn(listOfSockets(), fstatSync(descriptor).ino) };
}

/** `list` is /proc/net/unix: seven columns, and a path behind those of sockets that have one. */
export function pathIn(list: string, inode: number): string {
  for (const line of list.split("\n")) {
    const [, own, path] = /^(?:\S+\s+){6}(\d+) (.+)$/.exec(line) ?? [];
    if (own === String(inode)) return path ?? "";
  }
  return "";
}

function listOfSockets(): string {
  try {
    return readFileSync("/proc/net/unix", "utf8");
  } catch {
    return "";
  }
}
