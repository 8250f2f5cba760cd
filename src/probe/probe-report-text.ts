/** A server's rows as a person reads them, each as soon as it is judged. */
import { BOLD, DIM, GREEN, type Page, painted, RED } from "../log/page.ts";
import { wrapped } from "../log/wrapped.ts";
import type { JudgedRow } from "./judge-rows.ts";
import type { ProbeReport } from "./probe-report.ts";
import type { Verdict } from "./row.ts";

const MARKS: Readonly<Record<Verdict, readonly [mark: string, colour: number]>> = {
  pass: ["✓", GREEN],
  fail: ["✗", RED],
  "not applicable": ["·", DIM],
};

/** Where the text beside a row's name begins. */
const TEXT_COLUMN = 30;
/** On a page that leaves less than that beside the names, the text stands below them. */
const NARROWEST_TEXT = 30;
const INDENT = 4;

export class ProbeReportText {
  readonly #page: Page;
  readonly #isNarrow: boolean;
  #group: string | undefined;

  constructor(page: Page) {
    this.#page = page;
    this.#isNarrow = page.width < TEXT_COLUMN + NARROWEST_TEXT;
  }

  /** What was probed; with a line end. */
  opening({ url, language }: Pick<ProbeReport, "url" | "language">): string {
    return `${this.#painted(url, BOLD)}\n  the probe application in ${language}\n`;
  }

  /** With the group's title where it is the first of it; what is broken tells its rule. */
  row({ row, verdict, evidence }: JudgedRow): string {
    const [mark, colour] = MARKS[verdict];
    const shown = verdict === "fail" ? this.#painted(row.name, BOLD) : row.name;
    const lines = this.#indented(evidence);
    if (verdict === "fail") {
      lines.push(...this.#indented(`${row.level}: ${row.title} (${row.source})`));
    }
    const gap = " ".repeat(Math.max(2, TEXT_COLUMN - 2 - row.name.length));
    const beside = this.#isNarrow ? "" : gap + (lines.shift() ?? "").trimStart();
    lines.unshift(`${this.#painted(mark, colour)} ${shown}${beside}`);
    if (row.group !== this.#group) lines.unshift("", this.#painted(row.group, BOLD));
    this.#group = row.group;
    return `${lines.join("\n")}\n`;
  }

  conclusion({ verdict, conclusion }: ProbeReport): string {
    const colour = verdict === "pass" ? GREEN : RED;
    const lines = wrapped(conclusion, this.#page.width);
    return `\n${lines.map((line) => this.#painted(line, colour)).join("\n")}\n`;
  }

  #indented(text: string): string[] {
    const indent = this.#isNarrow ? INDENT : TEXT_COLUMN;
    return wrapped(text, this.#page.width - indent).map((line) => " ".repeat(indent) + line);
  }

  #painted(text: string, colour: number): string {
    return painted(text, colour, this.#page);
  }
}
