/** The versions of what is installed in peers/.venv, read when somebody asks. */
import { execFileSync } from "node:child_process";
import { PEERS_PYTHON } from "./python-commands.ts";

interface Versions {
  readonly python: string;
  readonly packages: Readonly<Record<string, string>>;
}

const PRINT_VERSIONS = `
import importlib.metadata, json, platform
packages = {each.name: each.version for each in importlib.metadata.distributions()}
print(json.dumps({"python": platform.python_version(), "packages": packages}))
`;

let known: Versions | undefined;

/** @throws when peers/.venv is not there: scripts/peers.mjs makes it */
export function peerVersions(): Versions {
  // The program above writes it.
  known ??= JSON.parse(
    execFileSync(PEERS_PYTHON, ["-c", PRINT_VERSIONS], { encoding: "utf8" }),
  ) as Versions;
  return known;
}
