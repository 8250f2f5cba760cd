/** Which versions of Node.js have a permission model that a sandbox can be made of. */
import { LoadError } from "../errors.ts";

/**
 * The first of each line without the ways to other files that are known and that nothing here closes:
 * CVE-2025-55130 (links), CVE-2026-21716 (modes), CVE-2026-58043 (names that begin alike; 20 never had
 * that mended, where it shows one name at most). Lines that ended before that are not in it.
 */
const FIRST_SOUND: Readonly<Record<number, readonly [minor: number, patch: number]>> = {
  20: [20, 2],
  22: [23, 2],
  24: [18, 1],
  26: [5, 1],
};

/** From here on all are sound, as far as is known. */
const NEXT_LINE = 27;

/** @throws {LoadError} a sandbox of this version has known ways out */
export function mustHaveSoundPermissions(version: string): void {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number.parseFloat);
  const first = FIRST_SOUND[major];
  const isSound =
    first === undefined
      ? major >= NEXT_LINE
      : minor > first[0] || (minor === first[0] && patch >= first[1]);
  if (isSound) return;
  const lines = Object.entries(FIRST_SOUND).map(([line, rest]) => [line, ...rest].join("."));
  throw new LoadError(
    `--sandbox needs a newer Node.js: out of that of ${version} there are known ways; ` +
      `they are closed from ${lines.join(", ")} on, each in its line`,
    1,
  );
}

/** It was an experiment in 20. */
export function permissionFlag(version: string): string {
  return version.startsWith("20.") ? "--experimental-permission" : "--permission";
}
