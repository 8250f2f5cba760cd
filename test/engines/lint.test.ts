/** What lint finds in a worker, on its way to the log and to whoever asked for it. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { python } from "../../src/embed/python.ts";
import type { PythonOptions } from "../../src/engines/cpython/python-options.ts";
import type { Finding } from "../../src/wsgi/lint/finding.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { KeptLog, type ServedApplication, serveApplication } from "../support/serve-application.ts";

async function serveLinted(options: PythonOptions): Promise<ServedApplication> {
  const directory = join(repositoryRoot, "test/apps/engines");
  const log = new KeptLog();
  const application = python("linted.py", { directory, log: log.logger, ...options });
  return serveApplication(application, {}, log);
}

const countOf = (text: string, part: string): number => text.split(part).length - 1;

describe("lint of a Python application", () => {
  test("tells the log of each finding in one line, once for all workers", async () => {
    await using served = await serveLinted({ lint: true, workers: 2 });
    for (let request = 0; request < 8; request += 1) {
      const answer = await served.ask("GET", "/status-header?12");
      assert.equal(answer.status, 500);
    }
    await served.log.said(
      /\[WARNING\] lint: [^\n]*header-status[^\n]*\[GET \/status-header\?12\]\n/,
    );
    await served.ask("GET", "/");
    assert.equal(countOf(served.log.text, "header-status"), 1);
  });

  test("gives each finding to onFinding, and then not to the log", async () => {
    const findings: Finding[] = [];
    await using served = await serveLinted({
      lint: true,
      onFinding: (finding) => findings.push(finding),
    });
    for (const _ of [1, 2]) await served.ask("GET", "/status-header?1");
    const finding: Finding = {
      rule: "header-status",
      evidence: 'the header Status is "\\u00fc"',
      request: "GET /status-header?1",
    };
    assert.deepEqual(findings, [finding, finding]);
    assert.equal(countOf(served.log.text, "header-status"), 0);
  });

  test("does not run unless it is asked for", async () => {
    await using served = await serveLinted({ onFinding: () => assert.fail("it runs") });
    assert.equal((await served.ask("GET", "/status-header?1")).status, 200);
  });

  test("follows applications inside when it is told to", async () => {
    const findings: Finding[] = [];
    await using served = await serveLinted({
      lint: "follow",
      onFinding: (finding) => findings.push(finding),
    });
    const answer = await served.ask("GET", "/inside");
    assert.equal(answer.body.toString(), "FROM INSIDE");
    assert.deepEqual(findings, [
      {
        rule: "middleware-close",
        evidence: "linted.app never called close() of what linted.inside returned",
        request: "GET /inside",
      },
    ]);
  });
});
