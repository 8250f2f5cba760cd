/** Lint with a real clock, before a real server. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { test } from "node:test";
import { lint } from "../../src/middleware/lint.ts";
import type { Finding } from "../../src/wsgi/lint/finding.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { serveApplication } from "../support/serve-application.ts";

/** Does nothing else until the processor has worked so long. */
function compute(milliseconds: number): void {
  const before = process.cpuUsage();
  for (let used = 0; used < milliseconds; ) {
    const { user, system } = process.cpuUsage(before);
    used = (user + system) / 1000;
  }
}

const application: Application = (environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  if (environ.PATH_INFO === "/call") compute(60);
  if (environ.PATH_INFO === "/quick") return [Buffer.from("quick")];
  return (function* () {
    if (environ.PATH_INFO === "/body") compute(60);
    yield Buffer.from("slow");
  })();
};

test("what holds the event loop is told of, and what does not is not", async () => {
  const findings: Finding[] = [];
  const linted = lint(application, { onFinding: (finding) => findings.push(finding) });
  await using served = await serveApplication(linted);
  for (const path of ["/quick", "/call", "/body"]) await served.ask("GET", path);
  assert.deepEqual(findings, [
    {
      rule: "blocks-event-loop",
      evidence: "the application held the event loop for 50 ms or longer",
      request: "GET /call",
    },
    {
      rule: "blocks-event-loop",
      evidence: "the body held the event loop for 50 ms or longer",
      request: "GET /body",
    },
  ]);
});

test("a processor that others have is no fault of the application", async () => {
  const hogs = Array.from({ length: 4 * availableParallelism() }, () =>
    spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }),
  );
  try {
    const findings: Finding[] = [];
    const linted = lint(
      (_environ, startResponse) => {
        compute(20);
        startResponse("200 OK", [["Content-Type", "text/plain"]]);
        return [Buffer.from("busy")];
      },
      { onFinding: (finding) => findings.push(finding) },
    );
    await using served = await serveApplication(linted);
    for (let request = 0; request < 5; request += 1) await served.ask("GET", "/");
    assert.deepEqual(findings, []);
  } finally {
    for (const hog of hogs) hog.kill("SIGKILL");
  }
});

test("without a listener, findings are lines of the server's log", async () => {
  const linted = lint((_environ, startResponse) => {
    startResponse("200 OK", [["Upgrade", "websocket of test/embed"]]);
    return [];
  });
  await using served = await serveApplication(linted);
  await served.ask("GET", "/path");
  await served.log.said(/lint: the application broke header-hop-by-hop .* \[GET \/path\]\n/);
});
