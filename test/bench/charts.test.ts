import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Chart, chartsOf } from "../../bench/report/charts.ts";
import { failed, madeUpResults, madeUpWork, measured, speeds } from "./made-up-results.ts";

const RESULTS = madeUpResults(
  madeUpWork("python-hello", [
    measured("gunicorn sync", ...speeds(6_000, 7_000, 8_000)),
    measured("gunicorn gthread", ...speeds(5_000)),
    measured("Portico", ...speeds(54_321, 55_555, 59_999)),
    measured("u<&>WSGI", ...speeds(44_444)),
    failed("bjoern", "no libev"),
  ]),
  madeUpWork("flask", [measured("Portico", ...speeds(12_345))]),
);

function pythonChart(): Chart {
  const [chart, ...others] = chartsOf(RESULTS);
  assert.deepEqual(others, []);
  assert.ok(chart);
  return chart;
}

/** What is drawn as text, without the caption. */
function words(svg: string): string[] {
  return [...svg.matchAll(/<text(?! class="caption")[^>]*>([^<]*)</g)].map(([, word = ""]) => word);
}

describe("a chart", () => {
  test("names every software, by its best settings, and says which was not measured", () => {
    const shown = words(pythonChart().svg);
    for (const name of ["Portico", "gunicorn sync", "u&lt;&amp;&gt;WSGI", "bjoern"]) {
      assert.ok(shown.includes(name), name);
    }
    assert.ok(shown.includes("not measured"));
    assert.ok(!shown.includes("gunicorn gthread"));
  });

  test("shows no number but the medians of the results", () => {
    const numbers = words(pythonChart().svg).filter((word) => /^[\d,.]+$/.test(word));
    assert.deepEqual(numbers.sort(), ["12,345", "44,444", "55,555", "7,000"]);
  });

  test("draws bars as long as their medians are large", () => {
    const bars = [...pythonChart().svg.matchAll(/<rect class="bar[^>]* width="([\d.]+)"/g)];
    const [first = 0, second = 0, third = 0] = bars.map(([, width]) => Number(width));
    assert.ok(Math.abs(second / first - 44_444 / 55_555) < 0.01);
    assert.ok(Math.abs(third / first - 7_000 / 55_555) < 0.01);
  });

  test("keeps all that it draws inside its frame", () => {
    const { svg } = pythonChart();
    const [, width = "", height = ""] = svg.match(/viewBox="0 0 (\d+) ([\d.]+)"/) ?? [];
    for (const [, x, y, word = ""] of svg.matchAll(
      /<text[^>]* x="([\d.]+)" y="([\d.]+)">([^<]*)/g,
    )) {
      assert.ok(Number(x) + word.length * 6 < Number(width), word);
      assert.ok(Number(y) < Number(height), word);
    }
  });

  test("tells those who cannot see it every number, and says when, with what and how it was made", () => {
    const { svg } = pythonChart();
    assert.match(svg, /<title id="title">Python applications<\/title>/);
    assert.match(
      svg,
      /<desc id="desc">.*Portico 55,555, .*gunicorn sync 7,000, bjoern not measured/,
    );
    assert.match(svg, /2001-02-03, 2 cores; Node\.js 20\.1\.2\./);
    assert.match(svg, /gunicorn sync: gunicorn --on PORT/);
  });

  test("is well-formed XML", () => {
    const open: string[] = [];
    const { svg } = pythonChart();
    for (const [, end, name = "", alone] of svg.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g)) {
      if (end) assert.equal(open.pop(), name);
      else if (!alone) open.push(name);
    }
    assert.deepEqual(open, []);
    const outside = svg.replace(/<\/?[a-z]+(?: [a-zA-Z0-9-]+="[^"<&]*")*\/?>/g, "");
    assert.doesNotMatch(outside, /[<>]|&(?!(?:amp|lt|gt);)/);
  });
});
