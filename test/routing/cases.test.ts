/** Each case of routing, asked of a router and of the Werkzeug that is installed. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CaseRouter } from "./case-router.ts";
import type { Ask, Build } from "./routing-case.ts";
import { ROUTING_CASES } from "./routing-cases.ts";
import { werkzeugAnswers } from "./werkzeug.ts";

describe("a router", () => {
  for (const each of ROUTING_CASES) {
    test(each.name, async () => {
      const router = new CaseRouter(each);
      for (const ask of each.asks ?? []) {
        assert.deepEqual(await router.ask(ask), ask.gives, shown(ask));
      }
      for (const build of each.builds ?? []) {
        assert.equal(router.build(build), build.gives, shown(build));
      }
    });
  }
});

describe("Werkzeug gives the same, but for what the cases say of it:", () => {
  const answers = werkzeugAnswers(ROUTING_CASES);

  for (const [at, each] of ROUTING_CASES.entries()) {
    test(each.name, () => {
      for (const [index, ask] of (each.asks ?? []).entries()) {
        const { gives } = ask.werkzeug ?? ask;
        assert.deepEqual(answers[at]?.asks[index], gives, shown(ask));
      }
      for (const [index, build] of (each.builds ?? []).entries()) {
        const { gives } = build.werkzeug ?? build;
        assert.equal(answers[at]?.builds[index] ?? undefined, gives, shown(build));
      }
    });
  }
});

test("every difference from Werkzeug is one, and says why", () => {
  const all = ROUTING_CASES.flatMap(({ asks = [], builds = [] }) => [...asks, ...builds]);
  for (const { gives, werkzeug } of all) {
    if (werkzeug === undefined) continue;
    assert.notDeepEqual(werkzeug.gives, gives);
    assert.match(werkzeug.because, /\w/);
  }
});

function shown(what: Ask | Build): string {
  return JSON.stringify(what);
}
