/** What was judged, and on what: versions of packages, of Portico, and of the machine. */
import { execFileSync } from "node:child_process";
import { cpus, type } from "node:os";
import { VERSION } from "../src/embed/version.ts";
import type { JudgedServer } from "./servers.ts";

const PYTHON = "peers/.venv/bin/python";

const LIST_VERSIONS = `
import importlib.metadata, json
print(json.dumps({each.name: each.version for each in importlib.metadata.distributions()}))
`;

const PRINT_VERSION = "import platform; print(platform.python_version())";

/** Of all packages in peers/.venv. */
export const packageVersions: Readonly<Record<string, string>> = JSON.parse(
  runPython(LIST_VERSIONS),
);

const pythonVersion: string = runPython(PRINT_VERSION);

/** As `Twisted 26.10.0`. */
export function versionOf({ name, packages }: JudgedServer): string {
  if (packages.length > 0) {
    return packages.map((each) => `${each} ${packageVersions[each]}`).join(", ");
  }
  return name.startsWith("Portico") ? `Portico ${VERSION}` : `Python ${pythonVersion}`;
}

export function machine(): string {
  const node = `Node.js ${process.versions.node}`;
  return `${type()} with ${cpus().length} cores, ${node}, Python ${pythonVersion}`;
}

function runPython(code: string): string {
  return execFileSync(PYTHON, ["-c", code], { encoding: "utf8" }).trim();
}
