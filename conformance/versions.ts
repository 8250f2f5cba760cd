/** What was judged, and on what: versions of packages, of Portico, and of the machine. */
import { cpus, type } from "node:os";
import { peerVersions } from "../peers/versions.ts";
import { VERSION } from "../src/embed/version.ts";
import type { JudgedServer } from "./servers.ts";

/** As `Twisted 26.10.0`. */
export function versionOf({ name, packages }: JudgedServer): string {
  if (packages.length > 0) {
    return packages.map((each) => `${each} ${peerVersions().packages[each]}`).join(", ");
  }
  return name.startsWith("Portico") ? `Portico ${VERSION}` : `Python ${peerVersions().python}`;
}

export function machine(): string {
  const node = `Node.js ${process.versions.node}`;
  return `${type()} with ${cpus().length} cores, ${node}, Python ${peerVersions().python}`;
}
