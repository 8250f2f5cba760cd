/** Keeps a log from being flooded: what is found once is found with every request. */
import type { Finding, OnFinding } from "./finding.ts";
import { formatFinding } from "./format-finding.ts";
import type { Language } from "./rule.ts";

/** Of one rule, so many pieces of evidence are told: more of them say nothing new. */
const MOST_OF_A_RULE = 20;

/** What has been told already; its memory is bounded. */
export class ToldFindings {
  readonly #evidence = new Map<string, Set<string>>();

  /** Whether it should be told: each rule with each evidence is, once. */
  isNew({ rule, evidence }: Finding): boolean {
    const told = this.#evidence.get(rule) ?? new Set();
    if (told.has(evidence) || told.size >= MOST_OF_A_RULE) return false;
    this.#evidence.set(rule, told.add(evidence));
    return true;
  }
}

/** Gives each finding to `writeLine` as a line without its end, once. */
export function tellOnce(language: Language, writeLine: (line: string) => void): OnFinding {
  const told = new ToldFindings();
  return (finding) => {
    if (told.isNew(finding)) writeLine(formatFinding(finding, language));
  };
}
