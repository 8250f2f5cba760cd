import assert from "node:assert/strict";
import { test } from "node:test";
import { microSection } from "../../bench/micro/section.ts";
import { CHAPTERS } from "../../bench/report/chapters.ts";
import { performanceSections } from "../../bench/report/document.ts";
import { WORKS } from "../../bench/works.ts";
import { failed, madeUpResults, madeUpWork, measured, speeds } from "./made-up-results.ts";

test("the document has each work's table, settings and failures, its charts and its goals", () => {
  const text = performanceSections(
    madeUpResults({
      ...madeUpWork("flask", [
        measured("Portico", ...speeds(500)),
        measured("uWSGI", ...speeds(400)),
        failed("bjoern", "no libev"),
      ]),
      date: "2002-03-04T05:06:07Z",
    }),
  );
  assert.match(text, /^Measured on 2001-02-03, on 2 cores\. Node\.js 20\.1\.2\.$/m);
  assert.match(text, /^`flask`, 2002-03-04: 20 connections, one round\.$/m);
  assert.match(text, /^\| uWSGI \| 400 \(400–400\) \| 1\.25 × \|$/m);
  assert.match(text, /^uWSGI +uWSGI --on PORT$/m);
  assert.match(text, /^- bjoern: no libev$/m);
  assert.match(text, /^!\[Python applications\]\(performance\.svg\)$/m);
  assert.match(text, /^\| flask \| requests\/s \| uWSGI \| reached: 1\.25 × uWSGI/m);
});

test("the document says which works were not measured", () => {
  const text = performanceSections(madeUpResults());
  assert.match(text, /^Not measured in this run: `static-1k`, `static-100k`, `static-10m`\.$/m);
  assert.match(text, /^\| django \| .*not judged: the work was not measured \|$/m);
  assert.match(performanceSections(undefined), /Nothing has been measured yet/);
});

test("every work of the benchmark stands in a chapter", () => {
  const told = new Set(CHAPTERS.flatMap((chapter) => chapter.works));
  const others = WORKS.filter(({ name }) => !told.has(name));
  assert.deepEqual(
    others.map(({ name }) => name),
    [],
  );
});

test("a part's cost is told in microseconds, with the day and the versions", () => {
  const languages = { Python: { reference: 4000, parts: { environ: 2125 } } };
  const text = microSection({
    date: "2001-02-03T04:05:06Z",
    versions: { CPython: "3.1" },
    languages,
  });
  assert.match(text, /^\| Python: environ \| 2\.13 \|$/m);
  assert.match(text, /on 2001-02-03, CPython 3\.1\.$/m);
});
