/** The same application in TypeScript and in Python gives the same answer, byte for byte, in each way in. */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { REQUESTS, shownAnswer, TARGETS } from "./answers.ts";
import { ContractServer } from "./contract-server.ts";
import { ENGINES, WAYS } from "./matrix.ts";

/** Another engine with threads gives the same answers, or the contract is broken. */
const PAIR = ENGINES.filter(({ name }) => ["TypeScript", "Python on 1 thread"].includes(name));

for (const way of WAYS) {
  describe(`an application in both languages, ${way.name},`, () => {
    const served: ContractServer[] = [];
    before(async () => {
      for (const engine of PAIR) {
        served.push(new ContractServer(await way.serve(engine), way.prefix));
      }
      assert.equal(served.length, 2);
    });
    after(async () => {
      for (const one of served) await one[Symbol.asyncDispose]();
    });

    for (const target of TARGETS) {
      test(`answers ${decodeURIComponent(target)} alike`, async () => {
        for (const [method, parts] of REQUESTS) {
          const answers: unknown[] = [];
          for (const one of served) answers.push(await shownAnswer(one, method, target, parts));
          assert.deepEqual(answers[1], answers[0], `${method} ${parts.version ?? ""}`);
        }
      });
    }
  });
}
