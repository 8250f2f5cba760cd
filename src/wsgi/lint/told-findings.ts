/** Keeps a log from being flooded: what is found once is found with every request. */
import type { OnFinding } from "./finding.ts";

/** Of one rule, so many pieces of evidence are told: more of them say nothing new. */
const MOST_OF_A_RULE = 20;

/** Gives each finding to `writeLine` as a line without its end, once. */
export function tellOnce(_language: "python", writeLine: (line: string) => void): OnFinding {
  const told = new Map<string, Set<string>>();
  return ({ rule, evidence, request }) => {
    const ofRule = told.get(rule) ?? new Set();
    if (ofRule.has(evidence) || ofRule.size >= MOST_OF_A_RULE) return;
    told.set(rule, ofRule.add(evidence));
    writeLine(`lint: ${rule}: ${evidence} [${request}]`);
  };
}
