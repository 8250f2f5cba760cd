/** What a server is asked, a row a rule, and how an answer is judged. */
import type { ProbedServer } from "./probed-server.ts";

export type Verdict = "pass" | "fail" | "not applicable";

/** What one server did about one rule, in a few words: `400 and closed`, `the body was sent`. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly evidence: string;
}

export interface Row {
  /** Unique, in words: `close-when-client-leaves`. */
  readonly name: string;
  /** The rule as a claim that a good server makes true: `close() is called once when the client leaves`. */
  readonly title: string;
  readonly group: RowGroup;
  readonly level: "MUST" | "SHOULD" | "MAY";
  /** Where the rule stands: `PEP 3333, Specification Details` or `RFC 9112 §6.1`. */
  readonly source: string;
  /** The numbers of what PEP 3333 requires of servers, in its order, that the row stands for: `S13`. */
  readonly requirements?: readonly string[];
  /** Rejects if the server cannot be spoken to; whoever asks judges that as a failure. */
  judge(server: ProbedServer): Promise<Judgement>;
}

/** In the order of the table. */
export const ROW_GROUPS = [
  "The call",
  "environ",
  "wsgi.input and wsgi.errors",
  "start_response",
  "The body",
  "Errors",
  "Files",
  "Connections and framing",
  "Strictness",
  "Size limits",
  "Bad clients",
] as const;

export type RowGroup = (typeof ROW_GROUPS)[number];

/** Passes if that is so. */
export function passIf(isSo: boolean, evidence: string): Judgement {
  return isSo ? pass(evidence) : fail(evidence);
}

export function pass(evidence: string): Judgement {
  return { verdict: "pass", evidence };
}

export function fail(evidence: string): Judgement {
  return { verdict: "fail", evidence };
}

export function notApplicable(evidence: string): Judgement {
  return { verdict: "not applicable", evidence };
}
