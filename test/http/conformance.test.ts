/** Every case of the public suites in ../shared/conformance, against the core alone. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  type Case,
  casesOf,
  judgeAttack,
  judgeGunicorn,
  judgeH1spec,
  judgeLlhttp,
} from "./conformance-judges.ts";

interface Exceptions {
  readonly kind: string;
  readonly reason: string;
  readonly cases: readonly string[];
}

/** Kinds whose cases the core alone cannot decide, so that passing here proves nothing. */
const UNDECIDED_HERE = "needs a server";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const folder = `${root}../shared/conformance`;
const exceptions: readonly Exceptions[] = JSON.parse(
  readFileSync(`${root}test/http/conformance-exceptions.json`, "utf8"),
);

const SUITES: Readonly<Record<string, (each: Case) => void>> = {
  gunicorn: judgeGunicorn,
  llhttp: judgeLlhttp,
  h1spec: judgeH1spec,
  attacks: judgeAttack,
};

const skip = existsSync(folder) ? false : `there is no ${folder}`;
const seen = new Set<string>();

for (const [suite, judge] of Object.entries(SUITES)) {
  test(`every case of ${suite} has the right outcome, however its bytes are cut`, {
    skip,
  }, async (context) => {
    for (const each of casesOf(`${folder}/${suite}.json`)) {
      const id = `${suite}/${each.id}`;
      seen.add(id);
      const exception = exceptions.find((entry) => entry.cases.includes(id));
      await context.test(`${id}${exception === undefined ? "" : ` (${exception.kind})`}`, () => {
        if (exception === undefined) judge(each);
        else if (exception.kind !== UNDECIDED_HERE) {
          assert.throws(() => judge(each), `${id} passes and needs no exception any more`);
        }
      });
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
