/** The compressed files that are looked for beside a file. */
import type { ContentCoding } from "../http/content-codings.ts";

/** Smallest first as a rule: of equal wishes the first is met. */
export const CODED_SUFFIXES: readonly (readonly [coding: ContentCoding, suffix: string])[] = [
  ["br", ".br"],
  ["zstd", ".zst"],
  ["gzip", ".gz"],
];
