/** A router and Werkzeug agree on rules and paths that were made by chance; ROUTING_SEED repeats others. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../fuzz/random.ts";
import { CaseRouter } from "./case-router.ts";
import { randomCase } from "./random-cases.ts";
import { werkzeugAnswers } from "./werkzeug.ts";

const CASES = 300;
const seed = Number(process.env.ROUTING_SEED ?? 1);

test(`rules made by chance lead where Werkzeug's lead, seed ${seed}`, async () => {
  const random = new Random(seed);
  const cases = Array.from({ length: CASES }, (_, at) => randomCase(random, `case ${at}`));
  const answers = werkzeugAnswers(cases);
  const kinds = new Set<string>();
  for (const [at, each] of cases.entries()) {
    const router = new CaseRouter(each);
    for (const [index, ask] of each.asks.entries()) {
      const given = answers[at]?.asks[index];
      const shown = JSON.stringify({ options: each.options, rules: each.rules, ask });
      assert.deepEqual(await router.ask(ask), given, shown);
      kinds.add(typeof given === "object" ? (Object.keys(given)[0] ?? "") : String(given));
    }
  }
  assert.deepEqual([...kinds].sort(), ["allowed", "nothing", "redirect", "route"]);
});
