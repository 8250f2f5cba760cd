/** This package's version, read from its package.json. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const VERSION: string = findVersion(import.meta.url);

/** The value of the Server field and of SERVER_SOFTWARE. */
export const SOFTWARE = "portico";

function findVersion(from: string): string {
  // Compiled files lie one folder deeper than their sources.
  for (const up of ["../../package.json", "../../../package.json"]) {
    try {
      const found: unknown = JSON.parse(readFileSync(fileURLToPath(new URL(up, from)), "utf8"));
      if (isPackage(found)) return found.version;
    } catch {
      // Not at this depth; the last one fails below.
    }
  }
  throw new Error("the package is incomplete: its package.json is missing");
}

function isPackage(found: unknown): found is { version: string } {
  return typeof found === "object" && found !== null && "name" in found && found.name === "portico";
}
