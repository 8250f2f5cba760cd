import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COMPARISONS, type Comparison, comparisonTable } from "../../bench/report/comparison.ts";
import { SERVERS } from "../../bench/servers/servers.ts";
import { WORKS } from "../../bench/works.ts";
import { failed, madeUpResults, madeUpWork, measured } from "./made-up-results.ts";

const ROUND = { requestsPerSecond: 100, cpuSecondsPerRequest: 0.003 };

/** Its one row, of what is made up here. */
function rowOf(comparison: Omit<Comparison, "title">, language: "en" | "zh-CN" = "en"): string {
  const results = madeUpResults(
    madeUpWork("small", [
      measured("Portico", ROUND),
      measured("uWSGI", { requestsPerSecond: 80, cpuSecondsPerRequest: 0.002 }),
      measured("gunicorn sync", { requestsPerSecond: 20, cpuSecondsPerRequest: 0.009 }),
      measured("gunicorn gthread", { requestsPerSecond: 50, cpuSecondsPerRequest: 0.03 }),
      failed("bjoern", "it does not start"),
    ]),
    madeUpWork("large", [measured("Portico", ROUND), measured("nginx", ROUND)]),
  );
  const title = { en: "title", "zh-CN": "标题" };
  const table = comparisonTable(results, language, [{ title, ...comparison }]);
  return table.split("\n")[2] ?? "";
}

describe("the comparison in README", () => {
  test("is with the best settings of each rival, at both numbers", () => {
    assert.equal(
      rowOf({ works: ["small"], rivals: ["gunicorn", "uWSGI"] }),
      "| title | gunicorn, uWSGI | 2.00 ×, 1.25 × | 0.10 ×, 1.50 × |",
    );
  });

  test("has its words in each language", () => {
    const note = { en: ", the best", "zh-CN": "，最快" };
    const comparison = { works: ["small"], rivals: { allBut: [] }, note };
    assert.equal(rowOf(comparison), "| title | uWSGI, the best | 1.25 × | 1.50 × |");
    assert.equal(rowOf(comparison, "zh-CN"), "| 标题 | uWSGI，最快 | 1.25 × | 1.50 × |");
  });

  test("names the best but those that are left out", () => {
    assert.equal(
      rowOf({ works: ["small"], rivals: { allBut: ["uWSGI"] } }),
      "| title | gunicorn | 2.00 × | 0.10 × |",
    );
  });

  test("says nothing of what was not measured", () => {
    assert.equal(
      rowOf({ works: ["small", "large"], rivals: ["bjoern"] }),
      "| title | bjoern | –, – | –, – |",
    );
  });

  test("is of works and servers that there are", () => {
    const works = new Set(WORKS.map(({ name }) => name));
    const software = new Set(
      Object.values(SERVERS).flatMap((servers) => servers.map((server) => server.software)),
    );
    for (const { works: named, rivals } of COMPARISONS) {
      for (const work of named) assert.ok(works.has(work), work);
      const rivalNames = "allBut" in rivals ? rivals.allBut : rivals;
      for (const rival of rivalNames) assert.ok(software.has(rival), rival);
    }
  });
});
