/** A Content-Security-Policy (CSP Level 3): from directives to the field's value, with a nonce for each answer. */
import type { OptionJudge } from "./option-error.ts";

/**
 * Directives by their names: `{ "default-src": "'self'", "script-src": ["'self'", "'nonce'"] }`. What is
 * empty has no sources, as `upgrade-insecure-requests`. The source `'nonce'` becomes that of each answer.
 */
export type ContentSecurityPolicy = Readonly<Record<string, string | readonly string[]>>;

const NONCE = "'nonce'";

const DIRECTIVE = /^[a-z]+(?:-[a-z]+)*$/;
/** CSP §2.3.1: source expressions hold neither what ends a directive nor what ends a policy. */
const SOURCES = /^[!-+\--:<-~ ]*$/;

export class PolicyText {
  readonly #parts: readonly string[];

  /** @throws {OptionError} a directive's name is none, or a source would end it */
  constructor(policy: ContentSecurityPolicy, judge: OptionJudge) {
    const directives = Object.entries(policy).map(([name, sources]) => {
      const text = typeof sources === "string" ? sources : sources.join(" ");
      judge.must(DIRECTIVE.test(name), "contentSecurityPolicy", `has ${name}, no directive's name`);
      judge.must(
        SOURCES.test(text),
        "contentSecurityPolicy",
        `has ${JSON.stringify(text)} for ${name}; sources are visible ASCII without comma and semicolon`,
      );
      return text === "" ? name : `${name} ${text}`;
    });
    this.#parts = directives.join("; ").split(NONCE);
  }

  get hasNonce(): boolean {
    return this.#parts.length > 1;
  }

  /** The field's value in one answer. */
  with(nonce: string): string {
    return this.#parts.join(`'nonce-${nonce}'`);
  }
}
