/** Where the tests find the repository and its Python, whatever directory they are started in. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

// This file runs as build/test/support/python-environment.js.
export const repositoryRoot: string = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * The path of a program in the tests' virtual environment.
 * @throws if `node scripts/venv.mjs` has not been run.
 */
export function pythonProgram(name: string): string {
  const path = join(repositoryRoot, ".venv", "bin", name);
  if (!existsSync(path)) throw new Error(`${path} is missing; run: node scripts/venv.mjs`);
  return path;
}
