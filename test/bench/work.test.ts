/** Rows of a work: one a server, or one for each of its variants. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { START_UP } from "../../bench/loads/start-up.ts";
import type { BenchServer } from "../../bench/servers/bench-server.ts";
import { HELLO, rowsOf, type Work } from "../../bench/work.ts";

const [one, two] = ["one", "two"].map(
  (name): BenchServer => ({ name, software: name, needs: [], command: () => [] }),
);
const servers = [one, two].filter((server) => server !== undefined);
const work: Work = {
  name: "a-work",
  title: "A work",
  language: "python",
  application: "hello",
  exchange: HELLO,
  load: START_UP,
  measure: "startSeconds",
  servers: ["one", "two"],
  workers: 2,
  quick: false,
};

test("a work has a row for each of its servers", () => {
  assert.deepEqual(rowsOf(work, servers), [
    { server: one, work, name: "one" },
    { server: two, work, name: "two" },
  ]);
});

test("a variant has a row for each server, and changes the work for it alone", () => {
  const load = { ...START_UP, words: "another" };
  const variants = [
    { name: "alone", workers: 1 },
    { name: "otherwise", load },
  ];
  const rows = rowsOf({ ...work, variants }, servers);
  assert.deepEqual(
    rows.map((row) => [row.name, row.variant, row.work.workers, row.work.load.words]),
    [
      ["one, alone", "alone", 1, START_UP.words],
      ["one, otherwise", "otherwise", 2, "another"],
      ["two, alone", "alone", 1, START_UP.words],
      ["two, otherwise", "otherwise", 2, "another"],
    ],
  );
});
