/** Loads an example that nobody asks anything, in a process that ends with it. */
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { repositoryRoot } from "../support/python-environment.ts";
import type { WrittenExample } from "./example-folder.ts";

const RUN_MODULE = fileURLToPath(new URL("run-module.js", import.meta.url));
const LONGEST_LOAD = 60_000;

export interface Loaded {
  readonly code: number | null;
  readonly output: string;
}

/** Of one that holds tests these are run. */
export function load({ path, code }: WrittenExample): Promise<Loaded> {
  const isTest = /from "node:test"/.test(code.text);
  const child = spawn(process.execPath, [RUN_MODULE, path, ...(isTest ? ["to-its-end"] : [])], {
    cwd: dirname(path),
    env: {
      ...process.env,
      VIRTUAL_ENV: join(repositoryRoot, ".venv"),
      // It would report to the runner of these tests instead of failing.
      NODE_TEST_CONTEXT: undefined,
    },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LONGEST_LOAD,
    killSignal: "SIGKILL",
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve({ code: status, output }));
  });
}
