/** Keeps a log from being flooded: the same finding comes with every request. */
import type { Finding, OnFinding } from "./finding.ts";

/** Of one rule, so many pieces of evidence are told in a process: more say nothing new. */
const MOST_OF_A_RULE = 20;

/** Passes on each rule with each evidence once. */
export function toldOnce(onFinding: OnFinding): OnFinding {
  const told = new Map<string, Set<string>>();
  return (finding: Finding) => {
    const evidence = told.get(finding.rule) ?? new Set();
    if (evidence.has(finding.evidence) || evidence.size >= MOST_OF_A_RULE) return;
    told.set(finding.rule, evidence.add(finding.evidence));
    onFinding(finding);
  };
}
