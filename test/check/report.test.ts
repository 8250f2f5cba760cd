import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CheckReport, type Facts, makeReport } from "../../src/check/report.ts";
import { reportText } from "../../src/check/report-text.ts";
import type { Finding } from "../../src/wsgi/lint/finding.ts";

const HOP: Finding = {
  rule: "header-hop-by-hop",
  evidence: 'the header Connection is "close"',
  request: "GET /",
};
const PAST: Finding = {
  rule: "input-past-end",
  evidence: "read(9) was called where CONTENT_LENGTH leaves less",
  request: "POST /",
};

function reportOf(findings: readonly Finding[], more: Partial<Facts> = {}): CheckReport {
  return makeReport({
    portico: "1.2.3",
    target: "shop:app",
    language: "python",
    runtimes: ["CPython 3.12.1"],
    paths: ["/"],
    requests: 112,
    seconds: 0.7,
    steps: [{ step: "methods", requests: 8 }],
    answers: [{ path: "/", statuses: { 200: 104, 405: 8 } }],
    isStrict: false,
    ignored: [],
    findings,
    observed: { statuses: new Set([200]), hasSeenContentLength: true, hasInnerLint: false },
    ...more,
  });
}

function verdictOf(report: CheckReport, rule: string): string | undefined {
  return report.rules.find((each) => each.rule === rule)?.verdict;
}

describe("a report", () => {
  test("says of each rule whether it is broken, kept or not put to the test", () => {
    const report = reportOf([HOP, PAST]);
    assert.equal(verdictOf(report, "header-hop-by-hop"), "broken");
    assert.equal(verdictOf(report, "input-past-end"), "warned");
    assert.equal(verdictOf(report, "status"), "kept");
    assert.equal(verdictOf(report, "write-bytes"), "not exercised");
    assert.equal(verdictOf(report, "body-for-no-content"), "not exercised");
    assert.equal(verdictOf(report, "middleware-exc-info"), "not exercised");
  });

  test("says nothing of what an application returns that failed in every call", () => {
    const observed = { hasSeenContentLength: false, hasInnerLint: false };
    const failing = reportOf([HOP], { observed: { ...observed, statuses: new Set([500]) } });
    assert.equal(verdictOf(failing, "returns-no-string"), "not exercised");
    const mixed = reportOf([HOP], { observed: { ...observed, statuses: new Set([200, 500]) } });
    assert.equal(verdictOf(mixed, "returns-no-string"), "kept");
  });

  test("counts the like of a finding, and names where it was first seen", () => {
    const report = reportOf([HOP, { ...HOP, request: "PUT /" }]);
    const found = report.rules.find(({ rule }) => rule === "header-hop-by-hop")?.findings;
    assert.deepEqual(found, [{ evidence: HOP.evidence, request: "GET /", times: 2 }]);
  });

  test("tells what is ignored, and does not fail for it", () => {
    const report = reportOf([HOP, PAST], { ignored: [HOP.rule, PAST.rule], isStrict: true });
    assert.equal(report.verdict, "kept");
    assert.equal(verdictOf(report, HOP.rule), "ignored");
    assert.match(report.conclusion, /2 are ignored/);
    const text = reportText(report, { width: 100, isColoured: false });
    assert.match(
      text,
      /Ignored \(2\)\n~ header-hop-by-hop .*\n {2}the header Connection is "close"/,
    );
    assert.equal(verdictOf(reportOf([], { ignored: [HOP.rule] }), HOP.rule), "kept");
  });

  test("is a failure for what is SHOULD only when it is strict", () => {
    assert.equal(reportOf([PAST]).verdict, "kept");
    assert.equal(reportOf([PAST], { isStrict: true }).verdict, "broken");
    assert.equal(reportOf([HOP]).verdict, "broken");
    assert.equal(reportOf([], { isStrict: true }).verdict, "kept");
  });

  test("is a failure when not all could be tried", () => {
    const report = reportOf([], { gaveUp: "3 requests were not answered" });
    assert.equal(report.verdict, "broken");
    assert.match(report.conclusion, /more was not tried, since 3 requests were not answered\.$/);
  });

  test("says where nothing was served, since rules are easily kept there", () => {
    const at = (path: string, ...statuses: readonly number[]) => ({
      path,
      statuses: Object.fromEntries(statuses.map((status) => [status, 9])),
    });
    const served = [at("/", 200, 404), at("/fails", 500), at("/hangs")];
    assert.match(reportOf([], { answers: served }).conclusion, /rules are kept\.$/);
    const answers = [at("/", 400), at("/up", 200), at("/shop", 302, 405)];
    assert.match(
      reportOf([], { answers }).conclusion,
      /kept; nothing but 400 was answered at \/, nothing but 302, 405 was answered at \/shop \(--header and --path may lead further\)\.$/,
    );
  });

  test("tells nothing of rules for the other language, or for servers that keep them", () => {
    const report = reportOf([]);
    assert.equal(verdictOf(report, "blocks-event-loop"), undefined);
    assert.equal(verdictOf(report, "environ-plain"), undefined);
    const server = { rule: "environ-plain", evidence: "the environ is a Map", request: "GET /" };
    assert.equal(verdictOf(reportOf([server]), "environ-plain"), "broken");
  });

  test("tells of an answer that is 500 only where nothing else explains it", () => {
    const failed = (request: string): Finding => ({
      rule: "no-server-error",
      evidence: "the answer is 500",
      request,
    });
    assert.equal(verdictOf(reportOf([failed("GET /")]), "no-server-error"), "warned");
    assert.equal(verdictOf(reportOf([HOP, failed("GET /?a=1")]), "no-server-error"), "kept");
    const decoded = { ...HOP, request: "GET /caf\xc3\\u00a9" };
    const report = reportOf([decoded, failed("GET /caf%C3%A9")]);
    assert.equal(verdictOf(report, "no-server-error"), "kept");
  });
});

describe("a report as text", () => {
  const page = { width: 80, isColoured: false };

  test("begins with what is broken, each with evidence, remedy and section", () => {
    const text = reportText(reportOf([HOP, { ...HOP, request: "PUT /" }, PAST]), page);
    assert.ok(
      text.includes(`
Broken (1)
✗ header-hop-by-hop                                PEP 3333, Other HTTP Features
  the header Connection is "close" [GET / and 1 more]
  → remove it, the server alone may send it

Should be kept, and is not (1)
! input-past-end                               PEP 3333, Input and Error Streams
`),
      text,
    );
    assert.ok(text.indexOf("Broken") < text.indexOf("Kept ("));
  });

  test("says how often each status was answered, for each path", () => {
    const answers = [
      { path: "/", statuses: { 200: 104, 405: 8 } },
      { path: "/up", statuses: {} },
    ];
    const text = reportText(reportOf([], { answers }), page);
    assert.ok(text.includes("\n  answered at / 200 (104), 405 (8); at /up nothing\n"), text);
  });

  test("ends with one sentence", () => {
    assert.match(reportText(reportOf([]), page), /\n112 requests: nothing is broken, .* kept\.\n$/);
    const text = reportText(reportOf([HOP]), page);
    assert.match(text, /\n112 requests: 1 rule is broken, \d+ rules are kept\.\n$/);
  });

  test("is no wider than its page, and coloured only if that is", () => {
    for (const line of reportText(reportOf([HOP, PAST]), page).split("\n")) {
      assert.ok(line.length <= 80, line);
      assert.ok(!line.includes("\x1b"));
    }
    const coloured = reportText(reportOf([HOP]), { width: 80, isColoured: true });
    assert.ok(coloured.includes("\x1b[31m✗\x1b[0m"));
  });

  test("lets no request drive a terminal", () => {
    const text = reportText(reportOf([{ ...HOP, request: "GET /\x1b[2J" }]), page);
    assert.ok(!text.includes("\x1b"));
  });
});
