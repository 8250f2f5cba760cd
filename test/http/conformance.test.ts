/** Every case of the public suites in ../shared/conformance that bytes alone decide, against the core. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isDecidedByItsBytes } from "./conformance-judges.ts";
import {
  casesOf,
  exceptions,
  JUDGES,
  judgeUnlessExcepted,
  nameOf,
  skip,
} from "./conformance-suites.ts";

const seen = new Set<string>();

for (const [suite, judge] of Object.entries(JUDGES)) {
  test(`every case of ${suite} has the right outcome, however its bytes are cut`, {
    skip,
  }, async (context) => {
    for (const each of casesOf(suite).filter(isDecidedByItsBytes)) {
      const id = `${suite}/${each.id}`;
      seen.add(id);
      await context.test(nameOf(id), () => judgeUnlessExcepted(id, () => judge(each)));
    }
  });
}

test("the exceptions name only cases that exist, each once and with its reason", { skip }, () => {
  const named = exceptions.flatMap((entry) => entry.cases);
  assert.deepEqual(
    named.filter((id, index) => !seen.has(id) || named.indexOf(id) !== index),
    [],
  );
  for (const { kind, reason } of exceptions) assert.ok(kind !== "" && reason !== "");
});
