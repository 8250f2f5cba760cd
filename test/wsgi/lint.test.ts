/** Lint tells of every rule that is broken, and of no other. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RULES } from "../../src/wsgi/lint/rules.ts";
import { KeptFindings } from "../support/linted.ts";
import { APPLICATION_CASES } from "./lint-application-cases.ts";
import { MIDDLEWARE_CASES } from "./lint-middleware-cases.ts";
import { SERVER_CASES } from "./lint-server-cases.ts";

const CASES = { ...SERVER_CASES, ...APPLICATION_CASES, ...MIDDLEWARE_CASES };

const judged = [...RULES].filter(([, rule]) => rule.only !== "python");

test("every rule that TypeScript can break is broken here", () => {
  assert.deepEqual(Object.keys(CASES).sort(), judged.map(([name]) => name).sort());
});

test("every rule that TypeScript can break has what it is judged by, and no other has", () => {
  for (const [name, rule] of RULES) {
    assert.equal(rule.evidence !== undefined, rule.only !== "python", name);
  }
});

describe("lint tells of", () => {
  for (const [rule, { run, shows, also = [] }] of Object.entries(CASES)) {
    test(rule, async () => {
      // Each stretch of the one application that has a clock takes as long as that must not.
      const kept = new KeptFindings(
        rule === "blocks-event-loop" ? { stopwatch: () => () => 50 } : {},
      );
      await run(kept);
      const { evidence } = kept.findings.find((finding) => finding.rule === rule) ?? {};
      assert.ok(evidence?.includes(shows), `${evidence ?? kept.rules}`);
      assert.deepEqual(kept.rules, [rule, ...also].sort());
    });
  }
});
