import assert from "node:assert/strict";
import { test } from "node:test";
import { resultsText } from "../../bench/report/print-results.ts";
import { alignedTable, markdownTable } from "../../bench/report/table.ts";
import { workTable } from "../../bench/report/work-table.ts";
import { failed, madeUpResults, madeUpWork, measured, speeds } from "./made-up-results.ts";

test("a work's table has the best first, what was not measured last, and ratios to the best of ours", () => {
  const work = madeUpWork("hello", [
    failed("bjoern", "no libev"),
    measured("uWSGI", { requestsPerSecond: 400, p50: 0.001 }),
    measured("Portico slow", ...speeds(100)),
    measured("Portico", { requestsPerSecond: 700 }, { requestsPerSecond: 500, errors: 2 }),
  ]);
  assert.deepEqual(workTable(work), {
    head: ["", "requests/s (lowest–highest)", "p50 ms", "errors", "Portico ÷ it"],
    rows: [
      ["Portico", "600 (500–700)", "–", "2", ""],
      ["uWSGI", "400 (400–400)", "1.00", "0", "1.50 ×"],
      ["Portico slow", "100 (100–100)", "–", "0", ""],
      ["bjoern", "–", "–", "–", "–"],
    ],
  });
});

test("rows of several variants stay in order, and are compared with ours of the same", () => {
  const row = (name: string, variant: string, speed: number) => ({
    ...measured(`${name} ${variant}`, ...speeds(speed)),
    variant,
  });
  const work = madeUpWork("open", [
    row("Portico", "10", 90),
    row("Portico", "100", 80),
    row("nginx", "10", 180),
    row("nginx", "100", 40),
  ]);
  assert.deepEqual(
    workTable(work).rows.map((cells) => [cells[0], cells.at(-1)]),
    [
      ["Portico 10", ""],
      ["Portico 100", ""],
      ["nginx 10", "0.50 ×"],
      ["nginx 100", "2.00 ×"],
    ],
  );
});

test("a table is aligned for a terminal, and Markdown for a document", () => {
  const table = { head: ["", "speed"], rows: [["a|b", "1"]] };
  assert.equal(alignedTable(table), "     speed\na|b      1");
  assert.equal(markdownTable(table), "|  | speed |\n| --- | --: |\n| a\\|b | 1 |");
});

test("what is printed names every failure, every work left out, and the goals of those measured", () => {
  const text = resultsText(
    madeUpResults(
      madeUpWork("flask", [measured("Portico", ...speeds(5)), failed("Granian", "exit status 1")]),
      madeUpWork("brand-new", [measured("Portico", ...speeds(7))]),
    ),
  );
  assert.match(text, /^The work flask \(flask\): 20 connections, one round$/m);
  assert.match(text, /^Granian: exit status 1$/m);
  assert.match(text, /^The work brand-new/m);
  assert.match(text, /^Not measured: .*python-hello.*header-names, /m);
  assert.match(text, /^flask +requests\/s +Granian +not judged: Granian failed: exit status 1$/m);
  assert.doesNotMatch(text, /^django/m);
});
