/** Descriptors that this process was given, beside those that it opened: its children are given them, too. */
import { readFileSync } from "node:fs";
import { namesIn } from "./directory-entries.ts";

/** `O_CLOEXEC`, as Linux has it everywhere but on Alpha, PA-RISC and SPARC. */
const CLOSED_AT_EXEC = 0o2000000;

/** Those above the standard streams; none where the system has no /proc to say. */
export function inheritedDescriptors(): number[] {
  const all = namesIn("/proc/self/fd").map(Number);
  return all.filter((descriptor) => descriptor > 2 && !isClosedAtExec(descriptor));
}

/** One that is closed already, as that of the list itself, nobody inherits. */
function isClosedAtExec(descriptor: number): boolean {
  try {
    const text = readFileSync(`/proc/self/fdinfo/${descriptor}`, "latin1");
    const flags = /^flags:\s*([0-7]+)/m.exec(text)?.[1] ?? "0";
    return (Number.parseInt(flags, 8) & CLOSED_AT_EXEC) !== 0;
  } catch {
    return true;
  }
}
