/** How a finding is told. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatFinding } from "../../src/wsgi/lint/format-finding.ts";
import { tellOnce } from "../../src/wsgi/lint/told-findings.ts";
import { makeLint } from "../../src/wsgi/lint.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { answer, environWith, inputOf, KeptFindings } from "../support/linted.ts";
import { correct } from "./lint-case.ts";

const request = "GET /path";

describe("a line names", () => {
  test("who broke which rule, where it stands, what shows it, the remedy and the request", () => {
    const evidence = 'the header Connection is "close"';
    assert.equal(
      formatFinding({ rule: "header-hop-by-hop", evidence, request }, "python"),
      "lint: the application broke header-hop-by-hop (PEP 3333, Other HTTP Features): " +
        'the header Connection is "close"; remove it, the server alone may send it [GET /path]',
    );
  });

  test("a SHOULD as one, and the remedy of the language", () => {
    const finding = { rule: "write-used", evidence: "write() was called", request };
    assert.match(formatFinding(finding, "python"), /should not break write-used .* as a list/);
    assert.match(
      formatFinding(finding, "typescript"),
      /should not break write-used .* as an array/,
    );
  });

  test("a server and a middleware as such", () => {
    const line = (rule: string): string =>
      formatFinding({ rule, evidence: "evidence", request }, "typescript");
    assert.match(line("close-once"), /^lint: the server broke close-once/);
    assert.match(line("middleware-close"), /^lint: a middleware broke middleware-close/);
  });

  test("a rule that another version knows", () => {
    const line = formatFinding({ rule: "new", evidence: "evidence", request }, "python");
    assert.equal(line, "lint: new: evidence [GET /path]");
  });
});

test("nothing in a finding leaves its line", () => {
  for (const rule of ["status", "unknown"]) {
    const line = formatFinding(
      { rule, evidence: "a\r\nb\x1b[2J\u2028", request: "GET /\n\x9b" },
      "typescript",
    );
    assert.doesNotMatch(line, /[\x00-\x1f\x7f-\x9f\u2028]/);
  }
});

test("each rule with each evidence is told once, and of one rule twenty at most", () => {
  const lines: string[] = [];
  const tell = tellOnce("typescript", (line) => lines.push(line));
  for (let round = 0; round < 2; round += 1) {
    for (let number = 0; number < 100; number += 1) {
      tell({ rule: "status", evidence: `the status is ${number}`, request });
    }
  }
  tell({ rule: "raises", evidence: "the application threw", request });
  assert.equal(lines.length, 21);
});

const sinful: Application = (environ, startResponse) => {
  startResponse("200 Told once", [["Connection", environ.REQUEST_METHOD]]);
  return [];
};

test("without a listener a finding is one line of wsgi.errors", async () => {
  let text = "";
  const errors = { ...environWith()["wsgi.errors"], write: (line: string) => (text += line) };
  const linted = makeLint()(sinful);
  for (let request = 0; request < 2; request += 1) {
    await answer(linted, environWith({ "wsgi.errors": errors }));
  }
  assert.match(text, /^lint: the application broke header-hop-by-hop \(.*\[POST \/shop.*\]\n$/);
});

test("a lint without a listener tells that of the lint around it", async () => {
  const kept = new KeptFindings();
  await answer(kept.lint(async (...given) => makeLint()(sinful)(...given)));
  assert.deepEqual(kept.rules, ["header-hop-by-hop"]);
  assert.equal(kept.findings.length, 2);
});

test("an application's own words can neither fill a finding nor leave its line", async () => {
  const kept = new KeptFindings();
  const name = "X\x1b[2J".repeat(1000);
  const linted = kept.lint((_environ, startResponse) => {
    startResponse("200 OK", [[name, 5 as unknown as string]]);
    return [];
  });
  const environ = environWith();
  await answer(linted, environ);
  Object.assign(environ, { [`test.\u2028${name}`]: 1 });
  await answer(linted);
  assert.deepEqual(kept.rules, ["environ-kept", "header-strings"]);
  for (const { evidence } of kept.findings) {
    assert.doesNotMatch(evidence, /[\x00-\x1f\u2028]/);
    assert.ok(evidence.length < 1000, evidence);
  }
});

test("in one request the same is told once, and no more than 256 findings", async () => {
  const kept = new KeptFindings();
  const texts = (text: (at: number) => string): Application =>
    kept.lint((_environ, startResponse) => {
      startResponse("200 OK", [["Content-Type", "text/plain"]]);
      return Array.from({ length: 1000 }, (_, at) => text(at) as unknown as Uint8Array);
    });
  await answer(texts(() => "text"));
  assert.equal(kept.findings.length, 1);
  await answer(texts((at) => `text ${at}`));
  assert.equal(kept.findings.length, 257);
});

test("a loop that reads blocks of one size past the end is one finding, whatever the bodies", async () => {
  const kept = new KeptFindings();
  const linted = kept.lint(async (environ, startResponse) => {
    while ((await environ["wsgi.input"].read(4)).length > 0);
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return [];
  });
  for (const body of ["12345", "123456", "1"]) {
    const changes = { CONTENT_LENGTH: String(body.length), "wsgi.input": inputOf(body) };
    await answer(linted, environWith(changes));
  }
  assert.equal(kept.findings.length, 3);
  assert.equal(new Set(kept.findings.map(({ evidence }) => evidence)).size, 1);
});

test("a lint within is noticed in a copy of the environ too, and an emptied environ is none", async () => {
  let noticed = 0;
  const kept = new KeptFindings({ onInnerLint: () => (noticed += 1) });
  const empties: Application = (environ, startResponse) => {
    for (const name of Object.keys(environ)) Reflect.deleteProperty(environ, name);
    return correct(environ, startResponse);
  };
  await answer(kept.lint(empties));
  assert.equal(noticed, 0);
  const inner = makeLint()(correct);
  await answer(kept.lint((environ, startResponse) => inner({ ...environ }, startResponse)));
  assert.equal(noticed, 1);
});

test("long values are cut", async () => {
  const kept = new KeptFindings();
  await answer(
    kept.lint((_environ, startResponse) => {
      startResponse("200 OK", [["Connection", "x".repeat(1000)]]);
      return [];
    }),
  );
  assert.ok((kept.findings[0]?.evidence.length ?? 1000) < 120);
});

test("what an inner application takes of the event loop is not held against a middleware", async () => {
  let now = 0;
  const kept = new KeptFindings({
    stopwatch: () => {
      const start = now;
      return () => now - start;
    },
  });
  const slow: Application = (_environ, startResponse) => {
    now += 60;
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return [];
  };
  const inner = kept.lint(slow);
  await answer(
    kept.lint((...given) => {
      now += 10;
      return inner(...given);
    }),
  );
  assert.equal(kept.findings.length, 1);
});
