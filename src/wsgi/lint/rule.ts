/** What one rule of the contract says of itself; its text is the comment above its entry. */

export type Side = "server" | "application" | "middleware";

/** Which applications a rule binds; a rule of TypeScript's own has no counterpart in PEP 3333. */
export type Language = "typescript" | "python";

/** The sections of PEP 3333, in its order, and behind them the one that TypeScript adds. */
export const SECTIONS = [
  "Specification Overview",
  "Specification Details",
  "environ Variables",
  "Input and Error Streams",
  "The start_response() Callable",
  "Handling the Content-Length Header",
  "Buffering and Streaming",
  "Middleware Handling of Block Boundaries",
  "The write() Callable",
  "Unicode Issues",
  "Error Handling",
  "HTTP 1.1 Expect/Continue",
  "Other HTTP Features",
  "Thread Support",
  "Server Extension APIs",
  "Application Configuration",
  "URL Reconstruction",
  "Optional Platform-Specific File Handling",
  "Promises and the Event Loop",
] as const;

export type Section = (typeof SECTIONS)[number];

export interface Requirement {
  /** Who owes it. */
  readonly side: Side;
  /** `MUST` also where it forbids. */
  readonly level: "MUST" | "SHOULD";
  readonly section: Section;
  /** Where it stands, if not in that section of PEP 3333. */
  readonly source?: string;
  /** The rows of the checklist by role: S server, A application, M middleware, V wsgiref.validate. */
  readonly rows: readonly string[];
}

/** A requirement that lint judges. */
export interface Rule<Facts> extends Requirement {
  /** Whom it binds; both if not given. */
  readonly only?: Language;
  /** What to do about it, as an imperative; one for each language where they differ. */
  readonly remedy: string | Readonly<Record<Language, string>>;
  /** What shows that the rule is broken; absent where another language alone can break it. */
  readonly evidence?: (facts: Facts) => string | undefined;
}

/** The rules that are judged at one moment, of the same facts. */
export type RuleTable<Facts> = Readonly<Record<string, Rule<Facts>>>;

/** Where the rule stands, as a report cites it: `PEP 3333, Other HTTP Features`. */
export function sourceOf({ source, section }: Requirement): string {
  return source ?? `PEP 3333, ${section}`;
}

export function remedyOf({ remedy }: Pick<Rule<never>, "remedy">, language: Language): string {
  return typeof remedy === "string" ? remedy : remedy[language];
}
