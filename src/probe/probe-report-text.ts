/** A server's rows as a person reads them, each as soon as it is judged. */
import { wrapped } from "../log/wrapped.ts";
import type { JudgedRow } from "./judge-rows.ts";
import type { ProbeReport } from "./probe-report.ts";
import type { Verdict } from "./row.ts";

export interface Page {
  /** In columns. */
  readonly width: number;
  readonly isColoured: boolean;
}

/** Of ECMA-48, "Select Graphic Rendition". */
const BOLD = 1;
const DIM = 2;
const RED = 31;
const GREEN = 32;

const MARKS: Readonly<Record<Verdict, readonly [mark: string, colour: number]>> = {
  pass: ["✓", GREEN],
  fail: ["✗", RED],
  "not applicable": ["·", DIM],
};

/** Where the text beside a row's name begins. */
const TEXT_COLUMN = 30;

export class ProbeReportText {
  readonly #page: Page;
  #group: string | undefined;

  constructor(page: Page) {
    this.#page = page;
  }

  /** What was probed; with a line end. */
  opening({ url, language }: Pick<ProbeReport, "url" | "language">): string {
    return `${this.#painted(url, BOLD)}\n  the probe application in ${language}\n`;
  }

  /** With the group's title where it is the first of it; what is broken tells its rule. */
  row({ row, verdict, evidence }: JudgedRow): string {
    const [mark, colour] = MARKS[verdict];
    const lines = [`${this.#painted(mark, colour)} ${this.#beside(row.name, evidence, verdict)}`];
    if (verdict === "fail") {
      const rule = `${row.level}: ${row.title} (${row.source})`;
      const width = this.#page.width - TEXT_COLUMN;
      lines.push(...wrapped(rule, width).map((line) => " ".repeat(TEXT_COLUMN) + line));
    }
    if (row.group !== this.#group) lines.unshift("", this.#painted(row.group, BOLD));
    this.#group = row.group;
    return `${lines.join("\n")}\n`;
  }

  conclusion({ verdict, conclusion }: ProbeReport): string {
    const colour = verdict === "pass" ? GREEN : RED;
    const lines = wrapped(conclusion, this.#page.width);
    return `\n${lines.map((line) => this.#painted(line, colour)).join("\n")}\n`;
  }

  #beside(name: string, evidence: string, verdict: Verdict): string {
    const shown = verdict === "fail" ? this.#painted(name, BOLD) : name;
    const gap = " ".repeat(Math.max(2, TEXT_COLUMN - 2 - name.length));
    const [first = "", ...others] = wrapped(evidence, this.#page.width - TEXT_COLUMN);
    const indented = others.map((line) => " ".repeat(TEXT_COLUMN) + line);
    return `${shown}${gap}${[first, ...indented].join("\n")}`;
  }

  #painted(text: string, colour: number): string {
    return this.#page.isColoured ? `\x1b[${colour}m${text}\x1b[0m` : text;
  }
}
