/** What a run found, as conformance/results.json keeps it and docs/conformance.md shows it. */
import type { Judgement, Row } from "../src/probe/row.ts";

export type RowFacts = Pick<Row, "name" | "title" | "group" | "level" | "source">;

export interface ServerResult {
  readonly name: string;
  readonly short: string;
  readonly threads: number | string;
  readonly processes: number;
  /** As `Twisted 26.10.0`. */
  readonly version: string;
  readonly command: string;
  /** The day on which it was judged. */
  readonly date: string;
  /** Why it was not. */
  readonly notRun?: string;
  /** By the row's name. */
  readonly judgements: Readonly<Record<string, Judgement>>;
}

export interface Results {
  /** The machine, Node.js and Python. */
  readonly machine: string;
  readonly rows: readonly RowFacts[];
  readonly servers: readonly ServerResult[];
}
