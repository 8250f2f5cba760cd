/** Failing inputs as files: written where git does not look, and judged again. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../support/python-environment.ts";
import type { FoundFailure } from "./campaign.ts";
import { type Failure, type Input, judge } from "./judge.ts";
import { minimise } from "./minimise.ts";
import type { Subject } from "./oracles.ts";
import { Random } from "./random.ts";
import type { Meant } from "./request-grammar.ts";
import type { FoundAnswerFailure } from "./response-campaign.ts";
import type { Answer } from "./response-grammar.ts";
import { answersAreReadBack } from "./response-oracle.ts";

/** What a file of the folder holds; JSON, in which each character of a text is one byte. */
export interface Finding {
  readonly oracle: string;
  readonly message: string;
  readonly seed: number;
  readonly input?: Input;
  readonly meant?: readonly Meant[] | undefined;
  readonly answers?: readonly Answer[];
}

const folder = join(repositoryRoot, "findings");

/** The input as short as it can be made to fail in the same way. */
export function requestFinding(found: FoundFailure, seed: number): Finding {
  // What was meant by a text is not meant by a part of it.
  const input = found.meant === undefined ? minimised(found) : found.input;
  const failure = failureOf({ input, meant: found.meant }) ?? found;
  const message = messageOf(failure.error);
  return { oracle: failure.oracle, message, seed, input, meant: found.meant };
}

export function answerFinding({ answers, error }: FoundAnswerFailure, seed: number): Finding {
  return { oracle: "answersAreReadBack", message: messageOf(error), seed, answers };
}

/** Writes a finding and returns the file's path. */
export function writeFinding(finding: Finding): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${finding.oracle}-${finding.seed}.json`);
  writeFileSync(path, `${JSON.stringify(finding, undefined, 2)}\n`);
  return path;
}

/**
 * Judges what a file holds once more, at every cut; undefined if nothing is wrong with it now.
 * @throws {AssertionError} its answers are still not read back
 */
export function judgeFinding(path: string): Failure | undefined {
  // A file that is not of `writeFinding` fails below, at the first member that it lacks.
  const finding = JSON.parse(readFileSync(path, "utf8")) as Finding;
  if (finding.answers !== undefined) answersAreReadBack(finding.answers);
  if (finding.input === undefined) return undefined;
  return failureOf({ input: finding.input, meant: finding.meant });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** With as few cuts as show the fault, since each try is a judgement. */
function minimised({ input, oracle }: FoundFailure): Input {
  const fails = (other: Input, cuts: Subject["cuts"]) =>
    failureOf({ input: other }, cuts)?.oracle === oracle;
  const cuts = (["few", "many", "all"] as const).find((each) => fails(input, each));
  if (cuts === undefined) return input;
  const text = minimise(input.text, (shorter) => fails({ ...input, text: shorter }, cuts));
  const before = minimise(input.before, (shorter) =>
    fails({ ...input, text, before: shorter }, cuts),
  );
  return { ...input, text, before };
}

interface Judged {
  readonly input: Input;
  readonly meant?: readonly Meant[] | undefined;
}

function failureOf({ input, meant }: Judged, cuts: Subject["cuts"] = "all"): Failure | undefined {
  return judge(input, { random: new Random(0), cuts, meant }).failure;
}
