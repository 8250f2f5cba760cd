/** What lint has to say: which rule was broken, and what shows it. */

/** One broken rule, as it is seen in either language. */
export interface Finding {
  /** The rule's name, as spec/wsgi-typescript.md has it: `header-hop-by-hop`. */
  readonly rule: string;
  /** What was seen, the offending value quoted: `the header Connection is "close"`. */
  readonly evidence: string;
  /** The request in which it was seen: `GET /path`. */
  readonly request: string;
}

/** Is told of each finding; it must not throw. */
export type OnFinding = (finding: Finding) => void;
