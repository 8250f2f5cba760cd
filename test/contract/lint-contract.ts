/** The rules of lint that each application of the contract breaks, since that is what it is for. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Finding } from "../../src/wsgi/lint/finding.ts";
import type { Side } from "../../src/wsgi/lint/rule.ts";
import { RULES } from "../../src/wsgi/lint/rules.ts";
import type { Language } from "./matrix.ts";

/** By both twins, or by the one in that language alone. */
type Broken = Readonly<Partial<Record<Language | "both", readonly string[]>>>;

const HEADER_RULES = [
  ...["header-name", "header-strings", "header-latin-1", "header-value-control"],
  "header-hop-by-hop",
];

/** By the first segment of their paths; the root's application has all paths that no other has. */
export const BROKEN: Readonly<Record<string, Broken>> = {
  as_told: {
    both: [
      ...HEADER_RULES,
      ...["status", "content-type-missing", "write-used", "body-for-no-content"],
      ...["content-length-value", "content-length-long", "content-length-short"],
    ],
  },
  closes: {
    both: ["raises", "body-for-no-content", "content-length-long", "content-length-short"],
  },
  complains: {},
  counts: {},
  echo: {},
  empties_environ: {},
  environment: {},
  hints: { both: [...HEADER_RULES, "headers-list", "raises"] },
  ignores_body: {},
  one_by_one: { both: ["write-used"] },
  raises: { both: ["raises", "write-used"] },
  reads: { both: ["input-past-end"] },
  returns_nonsense: {
    both: [
      ...["returns-no-string", "returns-iterable", "body-bytes", "start-response-called"],
      ...["write-used", "write-bytes"],
    ],
    TypeScript: ["write-not-awaited"],
  },
  sends_file: {},
  starts_late: {},
  starts_twice: { both: ["start-response-twice", "header-value-control", "exc-info-trapped"] },
  validated: {},
};

/** What lint has found when all of the contract has been asked for. */
export type Findings = () => Promise<readonly Finding[]>;

export function findsWhatApplicationsAreFor(
  language: Language,
  findings: Findings,
  prefix = "",
): void {
  test("finds in each application what it is for, and nothing else", async () => {
    const expected = Object.entries(BROKEN).map(([name, broken]) => {
      const rules = [...(broken.both ?? []), ...(broken[language] ?? [])];
      return [name, rules.sort()] as const;
    });
    assert.deepEqual(brokenBy(await findings(), prefix), Object.fromEntries(expected));
  });
}

export function findsNothingInTheServer(findings: Findings): void {
  test("finds nothing in the server", async () => {
    assert.deepEqual(ofSide("server", await findings()), []);
  });
}

export function findsNothingInMiddleware(findings: Findings): void {
  test("finds nothing in the middleware", async () => {
    assert.deepEqual(ofSide("middleware", await findings()), []);
  });
}

function ofSide(side: Side, findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ rule }) => RULES.get(rule)?.side === side);
}

function brokenBy(
  findings: readonly Finding[],
  prefix: string,
): Readonly<Record<string, readonly string[]>> {
  const broken = new Map(Object.keys(BROKEN).map((name) => [name, new Set<string>()]));
  for (const { rule, request } of findings) {
    const [, path = ""] = /^\S+ ([^?]*)/.exec(request) ?? [];
    const [, segment = ""] = path.slice(prefix.length).split("/");
    broken.get(segment in BROKEN ? segment : "environment")?.add(rule);
  }
  return Object.fromEntries([...broken].map(([name, rules]) => [name, [...rules].sort()]));
}
