/** A report as a person reads it: what is broken first, and what to do about it. */
import { escaped } from "../log/escapes.ts";
import { BOLD, DIM, GREEN, type Page, painted, RED, YELLOW } from "../log/page.ts";
import { wrapped } from "../log/wrapped.ts";
import { answersText } from "./answers.ts";
import type { CheckReport, Evidence, RuleReport, RuleVerdict } from "./report.ts";

interface Section {
  readonly verdict: RuleVerdict;
  readonly title: string;
  readonly mark: string;
  readonly colour: number;
  /** Whether each rule has lines of its own, or its name is all that is told. */
  readonly isTold: boolean;
}

const SECTIONS: readonly Section[] = [
  { verdict: "broken", title: "Broken", mark: "✗", colour: RED, isTold: true },
  {
    verdict: "warned",
    title: "Should be kept, and is not",
    mark: "!",
    colour: YELLOW,
    isTold: true,
  },
  { verdict: "ignored", title: "Ignored", mark: "~", colour: DIM, isTold: true },
  { verdict: "kept", title: "Kept", mark: "✓", colour: GREEN, isTold: false },
  { verdict: "not exercised", title: "Not exercised", mark: "·", colour: DIM, isTold: false },
];

/** Evidence of one rule that is shown; the rest is counted. */
const MAX_EVIDENCE = 5;

const INDENT = "  ";

/** A space at which no line ends, while lines are made. */
const UNBROKEN = "\u00a0";

/** With a line end. */
export function reportText(report: CheckReport, page: Page): string {
  const writer = new ReportWriter(page);
  writer.opening(report);
  for (const section of SECTIONS) {
    const rules = report.rules.filter(({ verdict }) => verdict === section.verdict);
    if (rules.length > 0) writer.section(section, rules);
  }
  const colour = report.verdict === "broken" ? RED : GREEN;
  writer.lines.push(
    ...wrapped(report.conclusion, page.width).map((line) => painted(line, colour, page)),
  );
  return `${writer.lines.join("\n")}\n`;
}

class ReportWriter {
  readonly #page: Page;
  readonly lines: string[] = [];

  constructor(page: Page) {
    this.#page = page;
  }

  opening({ portico, target, runtimes, steps, paths, seconds, answers }: CheckReport): void {
    this.lines.push(this.#painted(target, BOLD));
    this.#indented(`${runtimes.join("; ")}, served by Portico ${portico}`);
    const tried = steps.map(({ step, requests }) => `${step} ${requests}`).join(", ");
    this.#indented(`tried in ${seconds} s at ${paths.join(" ")}: ${tried || "nothing"}`);
    this.#indented(`answered ${answersText(answers)}`);
    this.lines.push("");
  }

  section({ title, mark, colour, isTold }: Section, rules: readonly RuleReport[]): void {
    this.lines.push(this.#painted(`${title} (${rules.length})`, BOLD));
    if (isTold) for (const rule of rules) this.#rule(rule, this.#painted(mark, colour));
    else this.#names(rules, this.#painted(mark, colour));
    this.lines.push("");
  }

  #rule({ rule, source, remedy, findings }: RuleReport, mark: string): void {
    const gap = " ".repeat(Math.max(2, this.#page.width - rule.length - source.length - 2));
    this.lines.push(`${mark} ${this.#painted(rule, BOLD)}${gap}${this.#painted(source, DIM)}`);
    for (const one of findings.slice(0, MAX_EVIDENCE)) this.#indented(evidenceText(one));
    const more = findings.length - MAX_EVIDENCE;
    if (more > 0) this.#indented(`and ${more} more of the kind`);
    this.#indented(`→ ${remedy}`);
  }

  #names(rules: readonly RuleReport[], mark: string): void {
    const names = wrapped(
      rules.map(({ rule }) => rule).join(" "),
      this.#page.width - INDENT.length,
    );
    const [first = "", ...others] = names;
    this.lines.push(`${mark} ${first}`, ...others.map((line) => INDENT + line));
  }

  #painted(text: string, colour: number): string {
    return painted(text, colour, this.#page);
  }

  #indented(text: string): void {
    const lines = wrapped(text, this.#page.width - 2 * INDENT.length).map(withSpaces);
    this.lines.push(...lines.map((line, at) => `${at === 0 ? INDENT : INDENT + INDENT}${line}`));
  }
}

function evidenceText({ evidence, request, times }: Evidence): string {
  const others = times === 1 ? "" : ` and ${times - 1} more`;
  const where = `[${escaped(request)}${others}]`;
  return `${evidence} ${where.replaceAll(" ", UNBROKEN)}`;
}

function withSpaces(line: string): string {
  return line.replaceAll(UNBROKEN, " ");
}
