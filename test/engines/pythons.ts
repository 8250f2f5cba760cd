/** The other Pythons of this machine. */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Those that Portico promises to work with. */
export const PYTHON_VERSIONS = ["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"] as const;

/** An interpreter of that version in pyenv or in PATH; undefined if there is none that runs. */
export function findPython(version: string): string | undefined {
  const candidates = [...pyenvPythons(version), `python${version}`];
  return candidates.find((candidate) => runs(candidate, version));
}

function pyenvPythons(version: string): readonly string[] {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
  try {
    return readdirSync(versions)
      .filter((name) => name.startsWith(`${version}.`))
      .map((name) => join(versions, name, "bin", "python"));
  } catch {
    // No pyenv on this machine.
    return [];
  }
}

/** The shims of pyenv are in PATH for every version, whether it may be used or not. */
function runs(command: string, version: string): boolean {
  const script = "import sys; print('%d.%d' % sys.version_info[:2])";
  try {
    const stdio = ["ignore", "pipe", "ignore"] as const;
    const said = execFileSync(command, ["-c", script], { encoding: "utf8", stdio: [...stdio] });
    return said.trim() === version;
  } catch {
    // Not there, or a shim that refuses.
    return false;
  }
}
