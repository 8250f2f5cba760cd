/** A finding as a line of the log: the one place where it is worded, for both languages. */
import { inOneLine } from "./evidence.ts";
import type { Finding } from "./finding.ts";
import { type Language, remedyOf, type Side, sourceOf } from "./rule.ts";
import { RULES } from "./rules.ts";

const OFFENDERS: Readonly<Record<Side, string>> = {
  application: "the application",
  middleware: "a middleware",
  server: "the server",
};

/** One line without its end; nothing in it can leave the line, whatever the finding holds. */
export function formatFinding(finding: Finding, language: Language): string {
  const { evidence, request } = finding;
  const rule = RULES.get(finding.rule);
  // A worker of another version may know rules that this one does not.
  if (rule === undefined) return inOneLine(`lint: ${finding.rule}: ${evidence} [${request}]`);
  const verb = rule.level === "MUST" ? "broke" : "should not break";
  const what = `${OFFENDERS[rule.side]} ${verb} ${finding.rule} (${sourceOf(rule)})`;
  return inOneLine(`lint: ${what}: ${evidence}; ${remedyOf(rule, language)} [${request}]`);
}
