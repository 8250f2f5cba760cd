import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Baseline } from "../../bench/micro/baseline.ts";
import { best, comparisonTable, objections } from "../../bench/micro/comparison.ts";
import { bench, type Costs, measure } from "../../bench/micro/kit.ts";
import { PARTS } from "../../bench/micro/parts.ts";
import { measurePythonParts } from "../../bench/micro/python-parts.ts";
import { pythonProgram, repositoryRoot } from "../support/python-environment.ts";

const ONCE = { rounds: 1, milliseconds: 0 };

describe("every part comes to what it should:", () => {
  for (const { name, verify } of PARTS) test(name, verify);

  test("those of a worker, which tell what they cost", () => {
    for (const cost of Object.values(workerCosts().parts)) assert.ok(cost > 0);
  });
});

test("the baseline knows every part, and no other", () => {
  const file = join(repositoryRoot, "bench", "micro", "baseline.json");
  const { languages }: Baseline = JSON.parse(readFileSync(file, "utf8"));
  const known = (language: string) => Object.keys(languages[language]?.parts ?? {}).sort();
  assert.deepEqual(known("TypeScript"), PARTS.map(({ name }) => name).sort());
  assert.deepEqual(known("Python"), Object.keys(workerCosts().parts).sort());
});

function workerCosts(): Costs {
  return measurePythonParts(pythonProgram("python"), repositoryRoot, ONCE);
}

describe("a micro-benchmark", () => {
  test("fails where its operation comes to something else", () => {
    assert.throws(() => bench("one and one", () => 1 + 1, 3).verify(), /one and one/);
  });

  test("is measured for one of those that its operation serves", () => {
    const spin = () => {
      const end = performance.now() + 1;
      while (performance.now() < end);
    };
    const both = [bench("alone", spin, undefined), bench("of a hundred", spin, undefined, 100)];
    const { parts } = measure(both, { rounds: 3, milliseconds: 1 });
    assert.ok((parts.alone ?? 0) >= 1e6);
    assert.ok((parts["of a hundred"] ?? 0) < (parts.alone ?? 0) / 2);
  });

  test("may not leave work for later", () => {
    const later = bench("later", () => Promise.resolve(1), Promise.resolve(1));
    assert.throws(() => measure([later], ONCE), /work for later/);
  });
});

describe("beside a baseline", () => {
  const before = costing(100, { parse: 200, write: 50 });

  test("a part may cost half as much again, and the machine may be slower", () => {
    assert.deepEqual(objections(costing(300, { parse: 900, write: 150 }), before), []);
    assert.deepEqual(objections(costing(100, { parse: 310, write: 50 }), before), [
      "TypeScript: parse costs 1.55 × its baseline; at most 1.5 × is allowed",
    ]);
  });

  test("what is measured again counts where it cost least, and so does the reference", () => {
    const again = costing(120, { parse: 190, write: 60 });
    assert.deepEqual(best(again, before), costing(100, { parse: 190, write: 50 }));
  });

  test("a part that only one of the two knows is told of", () => {
    assert.deepEqual(objections(costing(100, { parse: 200, read: 1 }), before), [
      "TypeScript: read is not in the baseline",
      "TypeScript: write is in the baseline, and no benchmark any more",
    ]);
  });

  test("a table tells what a part costs, and how that has grown", () => {
    assert.deepEqual(comparisonTable(costing(100, { parse: 300, read: 1 }), before).rows, [
      ["TypeScript: parse", "300", "3.00", "2.00", "1.50 ×"],
      ["TypeScript: read", "1.00", "0.0100", "–", "–"],
    ]);
  });
});

function costing(reference: number, parts: Readonly<Record<string, number>>): Baseline {
  return { date: "2001-02-03", versions: {}, languages: { TypeScript: { reference, parts } } };
}
