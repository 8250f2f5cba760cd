/** The versions of what is installed in peers/.venv. */
import { execFileSync } from "node:child_process";
import { PEERS_PYTHON } from "./python-commands.ts";

const LIST_VERSIONS = `
import importlib.metadata, json
print(json.dumps({each.name: each.version for each in importlib.metadata.distributions()}))
`;

const PRINT_VERSION = "import platform; print(platform.python_version())";

/** Of all packages in peers/.venv. */
export const packageVersions: Readonly<Record<string, string>> = JSON.parse(
  runPython(LIST_VERSIONS),
);

export const pythonVersion: string = runPython(PRINT_VERSION);

function runPython(code: string): string {
  return execFileSync(PEERS_PYTHON, ["-c", code], { encoding: "utf8" }).trim();
}
