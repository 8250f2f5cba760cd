/** What is kept of earlier runs beside a new one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Results, WorkResult } from "../../bench/results.ts";
import { mergeResults } from "../../bench/results-file.ts";

function resultsOf(date: string, ...works: readonly string[]): Results {
  return {
    date,
    cores: 2,
    versions: { [date]: "1" },
    works: works.map((work) => madeUp(work, date)),
  };
}

function madeUp(work: string, date: string): WorkResult {
  return { work, title: work, load: "", measure: "p99", servers: [], date };
}

test("works that were measured again replace what was known of them, in the order of the table", () => {
  const before = resultsOf("first", "flask", "python-hello");
  const merged = mergeResults(before, resultsOf("second", "django", "flask"));
  assert.deepEqual(
    merged.works.map(({ work, date }) => [work, date]),
    [
      ["python-hello", "first"],
      ["flask", "second"],
      ["django", "second"],
    ],
  );
  assert.equal(merged.date, "second");
  assert.deepEqual(merged.versions, { first: "1", second: "1" });
});

test("works that the table has no more are forgotten", () => {
  const merged = mergeResults(resultsOf("first", "gopher"), resultsOf("second", "flask"));
  assert.deepEqual(
    merged.works.map(({ work }) => work),
    ["flask"],
  );
});
