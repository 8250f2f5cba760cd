/** From what was found to what is said of each rule. */
import type { Finding } from "../wsgi/lint/finding.ts";
import { type Language, remedyOf, type Side, sourceOf } from "../wsgi/lint/rule.ts";
import { type AnyRule, RULES } from "../wsgi/lint/rules.ts";
import { type PathAnswers, unservedText } from "./answers.ts";
import { NOT_EXERCISED, type Observed } from "./exercised.ts";
import { CLIENT_RULES, CONSEQUENCES } from "./rules.ts";

/** `warned`: broken, and what it says is SHOULD; `ignored`: broken, and somebody knows. */
export type RuleVerdict = "broken" | "warned" | "ignored" | "kept" | "not exercised";

/** What showed that a rule is broken, and where it was first seen. */
export interface Evidence {
  readonly evidence: string;
  readonly request: string;
  /** How often the like of it was seen. */
  readonly times: number;
}

export interface RuleReport {
  readonly rule: string;
  readonly verdict: RuleVerdict;
  readonly side: Side;
  readonly level: "MUST" | "SHOULD";
  /** `PEP 3333, Other HTTP Features`. */
  readonly source: string;
  readonly remedy: string;
  readonly findings: readonly Evidence[];
}

/** What was tried, and how often. */
export interface StepReport {
  readonly step: string;
  readonly requests: number;
}

/** What `--json` prints; docs/check.md says what each name means. */
export interface CheckReport {
  readonly portico: string;
  readonly target: string;
  readonly language: Language;
  readonly runtimes: readonly string[];
  readonly paths: readonly string[];
  readonly requests: number;
  readonly seconds: number;
  readonly steps: readonly StepReport[];
  /** Of each path that was asked for. */
  readonly answers: readonly PathAnswers[];
  /** Why the rest was not tried. */
  readonly gaveUp?: string;
  readonly verdict: "kept" | "broken";
  readonly conclusion: string;
  readonly rules: readonly RuleReport[];
}

/** All that a report is made from. */
export type Facts = Omit<CheckReport, "verdict" | "conclusion" | "rules"> & {
  readonly isStrict: boolean;
  /** Names of rules whose breach is told and no failure. */
  readonly ignored: readonly string[];
  readonly findings: readonly Finding[];
  readonly observed: Omit<Observed, "language">;
};

export function makeReport({
  isStrict,
  ignored,
  findings,
  observed,
  ...facts
}: Facts): CheckReport {
  const told = withoutConsequences(findings);
  const seen = { ...observed, language: facts.language };
  const rules = [...RULES, ...Object.entries(CLIENT_RULES)].flatMap(([name, rule]) => {
    const evidence = evidenceOf(told.filter((finding) => finding.rule === name));
    if (!concerns(rule, facts.language) && evidence.length === 0) return [];
    const isExercised = NOT_EXERCISED[name]?.(seen, told) !== true;
    const isIgnored = ignored.includes(name);
    return [reportOf(name, rule, facts.language, { evidence, isExercised, isIgnored })];
  });
  const isBroken = rules.some(
    ({ verdict }) => verdict === "broken" || (isStrict && verdict === "warned"),
  );
  const verdict = isBroken || facts.gaveUp !== undefined ? "broken" : "kept";
  return { ...facts, verdict, conclusion: conclusionOf(rules, facts), rules };
}

/** An answer that lint has found at fault is cut off or turned into 500 for that reason. */
function withoutConsequences(findings: readonly Finding[]): Finding[] {
  const isCause = ({ rule }: Finding): boolean => !CONSEQUENCES.includes(rule);
  const explained = new Set(findings.filter(isCause).map(({ request }) => plain(request)));
  return findings.filter((finding) => isCause(finding) || !explained.has(plain(finding.request)));
}

/** A client names the target as it was sent, lint the path as it was decoded, with escapes. */
function plain(request: string): string {
  const [path = ""] = request.split("?");
  return path.replace(/%[0-9a-f]{2}|\\u[0-9a-f]{4}|[^\x20-\x7e]/gi, (coded) => {
    const character = String.fromCharCode(Number.parseInt(coded.replace(/^%|^\\u/i, ""), 16));
    return /^[\x20-\x7e]$/.test(character) ? character : "?";
  });
}

/** Whether a report on the application says something of the rule though nothing breaks it. */
function concerns({ side, only }: AnyRule, language: Language): boolean {
  return side !== "server" && (only === undefined || only === language);
}

function reportOf(
  name: string,
  rule: AnyRule,
  language: Language,
  seen: {
    readonly evidence: readonly Evidence[];
    readonly isExercised: boolean;
    readonly isIgnored: boolean;
  },
): RuleReport {
  const { side, level } = rule;
  const failed = level === "MUST" ? "broken" : "warned";
  const broken = seen.isIgnored ? "ignored" : failed;
  const kept = seen.isExercised ? "kept" : "not exercised";
  return {
    rule: name,
    verdict: seen.evidence.length > 0 ? broken : kept,
    side,
    level,
    source: sourceOf(rule),
    remedy: remedyOf(rule, language),
    findings: seen.evidence,
  };
}

/** The same evidence of many requests is one. */
function evidenceOf(findings: readonly Finding[]): Evidence[] {
  const byText = new Map<string, Evidence>();
  for (const { evidence, request } of findings) {
    const seen = byText.get(evidence) ?? { evidence, request, times: 0 };
    byText.set(evidence, { ...seen, times: seen.times + 1 });
  }
  return [...byText.values()];
}

function conclusionOf(
  rules: readonly RuleReport[],
  { requests, answers, gaveUp }: Pick<CheckReport, "requests" | "answers" | "gaveUp">,
): string {
  const count = (verdict: RuleVerdict): number =>
    rules.filter((rule) => rule.verdict === verdict).length;
  const broken = counted(count("broken"), "rule is broken", "rules are broken");
  const warned = counted(
    count("warned"),
    "recommendation is not kept",
    "recommendations are not kept",
  );
  const kept = counted(count("kept"), "rule is kept", "rules are kept");
  const tried = counted(requests, "request", "requests");
  const ignored = counted(count("ignored"), "is ignored", "are ignored");
  const clauses = [broken, warned, ignored].filter((clause) => clause !== undefined);
  const found = clauses.length === 0 ? "nothing is broken" : clauses.join(", ");
  const end = gaveUp === undefined ? undefined : `more was not tried, since ${gaveUp}`;
  const sentence = `${tried ?? "no request"}: ${found}, ${kept ?? "no rule is kept"}`;
  const parts = [sentence, unservedText(answers), end].filter((part) => part !== undefined);
  return `${parts.join("; ")}.`;
}

function counted(count: number, one: string, several: string): string | undefined {
  return count === 0 ? undefined : `${count} ${count === 1 ? one : several}`;
}
