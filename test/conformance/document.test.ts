/** docs/conformance.md, made of results. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { conformanceDocument } from "../../conformance/document.ts";
import type { Results, RowFacts, ServerResult } from "../../conformance/results.ts";
import { fail, type Judgement, notApplicable, pass } from "../../src/probe/row.ts";

const ROWS: readonly RowFacts[] = [
  {
    name: "close-once",
    title: "close() is called once",
    group: "The body",
    level: "MUST",
    source: "PEP 3333",
  },
  {
    name: "no-host",
    title: "HTTP/1.1 without Host | is refused",
    group: "Strictness",
    level: "SHOULD",
    source: "RFC 9112 §3.2",
  },
];

function server(
  short: string,
  judgements: Readonly<Record<string, Judgement>>,
  more: Partial<ServerResult> = {},
): ServerResult {
  return {
    name: `${short} server`,
    short,
    threads: "4",
    processes: 1,
    version: `${short} 1.0`,
    command: `${short} --port PORT`,
    date: "2026-11-21",
    judgements,
    ...more,
  };
}

const RESULTS: Results = {
  machine: "a machine",
  rows: ROWS,
  servers: [
    server("good", { "close-once": pass("once"), "no-host": pass("400") }),
    server("bad", { "close-once": fail("never"), "no-host": fail("200") }),
    server("worse", { "close-once": notApplicable("no body"), "no-host": fail("200") }),
    server("lost", {}, { notRun: "it is not there" }),
  ],
};

function lines(results: Results = RESULTS): readonly string[] {
  return conformanceDocument(results).split("\n");
}

function lineWith(start: string, results: Results = RESULTS): string {
  return lines(results).find((line) => line.startsWith(start)) ?? "";
}

describe("the conformance document", () => {
  test("counts what each server passed and failed, by level", () => {
    assert.equal(
      lineWith("| good server"),
      "| good server | good 1.0 | 4 | 2 | 0 | 0 | 0 | 2026-11-21 |",
    );
    assert.match(lineWith("| bad server"), / 0 \| 1 \| 1 \| 0 \| 2026-11-21 \|$/);
    assert.match(lineWith("| worse server"), / 0 \| 0 \| 1 \| 1 \| 2026-11-21 \|$/);
  });

  test("says why a server was not run, and gives it no column", () => {
    assert.match(lineWith("| lost server"), /not run: it is not there/);
    assert.equal(lineWith("|  |"), "|  | good | bad | worse |");
  });

  test("has a row a rule and a column a server", () => {
    assert.equal(
      lineWith("| close() is called once"),
      "| close() is called once<br><sub>MUST · PEP 3333</sub> | ✓ | **✗** | – |",
    );
  });

  test("has a table for each group that has rows, in the order of the groups", () => {
    const groups = lines().filter((line) => line.startsWith("## "));
    assert.deepEqual(groups, ["## The servers", "## The body", "## Strictness"]);
  });

  test("tells what failed, servers that did the same together", () => {
    assert.ok(lines().includes("  - bad, worse: `200`"));
    assert.ok(lines().includes("  - bad: `never`"));
  });

  test("quotes evidence so that it cannot be read as Markdown", () => {
    const evil = server("evil", { "no-host": fail("a `b` | c ``d``") });
    const text = conformanceDocument({ ...RESULTS, servers: [evil] });
    assert.ok(text.includes("  - evil: ``` a `b` | c ``d`` ```\n"));
  });

  test("keeps a cell's text in its cell", () => {
    assert.match(
      lineWith("| HTTP/1.1 without Host"),
      /^\| HTTP\/1\.1 without Host \\\| is refused/,
    );
  });

  test("leaves a cell empty where a row was not put to a server", () => {
    const asked = server("asked", { "close-once": pass("once") });
    assert.match(
      lineWith("| HTTP/1.1", { ...RESULTS, servers: [asked] }),
      /<\/sub> {2}\|$|\| {3}\|$/,
    );
  });
});
