/** Runs a program that can open few files, which it can use up in no time. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const MOST_FILES = 64;

const SHELL = `ulimit -n ${MOST_FILES} && exec "$0" --input-type=module --eval "$1"`;

/** Has all descriptors there are but one taken, in a program that goes on from here. */
export const TAKE_ALL_BUT_ONE = `
import { closeSync, openSync } from "node:fs";
let last;
try {
  for (;;) last = openSync("/dev/null");
} catch {
  closeSync(last);
}
`;

/** An ES module, and what it prints. @throws if it fails */
export async function withFewDescriptors(program: string): Promise<string> {
  const { stdout } = await promisify(execFile)("sh", ["-c", SHELL, process.execPath, program]);
  return stdout;
}
