/** Where the public suites lie, who judges each, and what they may not demand. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type Case,
  judgeAttack,
  judgeGunicorn,
  judgeH1spec,
  judgeLlhttp,
  type Reading,
} from "./conformance-judges.ts";

export interface Exceptions {
  readonly kind: string;
  readonly reason: string;
  readonly cases: readonly string[];
}

const root = fileURLToPath(new URL("../../../", import.meta.url));

export const suitesFolder: string = `${root}../shared/conformance`;

/** Why no suite can be run here; false where all can. */
export const skip: false | string = existsSync(suitesFolder)
  ? false
  : `there is no ${suitesFolder}`;

export const exceptions: readonly Exceptions[] = JSON.parse(
  readFileSync(`${root}test/http/conformance-exceptions.json`, "utf8"),
);

export const JUDGES: Readonly<Record<string, (each: Case, reading?: Reading) => void>> = {
  gunicorn: judgeGunicorn,
  llhttp: judgeLlhttp,
  h1spec: judgeH1spec,
  attacks: judgeAttack,
};

export function casesOf(suite: string): readonly Case[] {
  return JSON.parse(readFileSync(`${suitesFolder}/${suite}.json`, "utf8")).cases;
}

/** A case's name for a test; an exception's says what kind it is. */
export function nameOf(id: string): string {
  const kind = exceptionTo(id)?.kind;
  return kind === undefined ? id : `${id} (${kind})`;
}

/** Judges as the suite wants, or asserts that an exception is still needed. */
export function judgeUnlessExcepted(id: string, judge: () => void): void {
  if (exceptionTo(id) === undefined) judge();
  else assert.throws(judge, `${id} passes and needs no exception any more`);
}

function exceptionTo(id: string): Exceptions | undefined {
  return exceptions.find((entry) => entry.cases.includes(id));
}
