/** What servers need to run: whether it is there, and in which version. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { peerVersions } from "../../peers/versions.ts";
import type { Need } from "./bench-server.ts";

/** Undefined if it is not there. */
const VERSION_OF: Readonly<Record<string, (name: string) => string | undefined>> = {
  pip: (name) => peerVersions().packages[name],
  npm: nodePackageVersion,
  command: commandVersion,
};

/** Undefined if nothing is missing. */
export function whyMissing(needs: readonly Need[]): string | undefined {
  const missing = needs.filter((need) => versionOf(need) === undefined).map(nameOf);
  return missing.length === 0 ? undefined : `${missing.join(" and ")} could not be installed`;
}

/** Of each that is there. */
export function versionsOf(needs: readonly Need[]): Record<string, string> {
  return Object.fromEntries(
    needs.flatMap((need) => {
      const version = versionOf(need);
      return version === undefined ? [] : [[nameOf(need), version]];
    }),
  );
}

function versionOf(need: Need): string | undefined {
  const kind = need.slice(0, need.indexOf(":"));
  return VERSION_OF[kind]?.(nameOf(need));
}

function nameOf(need: Need): string {
  return need.slice(need.indexOf(":") + 1);
}

function nodePackageVersion(name: string): string | undefined {
  const file = `peers/node/node_modules/${name}/package.json`;
  if (!existsSync(file)) return undefined;
  // npm writes it, and every package has a version.
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

/** nginx -v writes to stderr, as `nginx version: nginx/1.22.1`. */
function commandVersion(name: string): string | undefined {
  const { stdout, stderr, error } = spawnSync(name, ["-v"], { encoding: "utf8" });
  if (error !== undefined) return undefined;
  return `${stdout}${stderr}`.match(/\d+(?:\.\d+)+/)?.[0] ?? "of unknown version";
}
