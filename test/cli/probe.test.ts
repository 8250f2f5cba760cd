/** `portico probe`: what it can be told, what it prints, how it ends. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { parseProbe } from "../../src/cli/probe-settings.ts";
import { application } from "../../src/probe/probe-application.ts";
import type { ProbeReport } from "../../src/probe/probe-report.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { type RunEnd, runToEnd } from "../support/portico-run.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { serveApplication } from "../support/serve-application.ts";

const run = promisify(execFile);

function assertRefused(args: readonly string[], message: RegExp): void {
  assert.throws(() => parseProbe(args), { message, exitCode: 2 });
}

describe("portico probe is told", () => {
  test("a server, and what it was started with", () => {
    const told = ["--threads", "4", "--processes=2", "--mount", "/a/b", "--environ", "A=b"];
    const command = parseProbe(["http://localhost:8000", ...told, "--rows", "close", "--json"]);
    assert.ok(command.kind === "probe");
    assert.equal(command.url.origin, "http://localhost:8000");
    assert.deepEqual([command.rows, command.json], ["close", true]);
    const environ = { A: "b" };
    const expectations = { threads: 4, processes: 2, mount: "/a/b", environ };
    assert.deepEqual(command.expectations, expectations);
  });

  test("nothing of a server that it is not told", () => {
    const command = parseProbe(["http://localhost"]);
    assert.ok(command.kind === "probe");
    assert.deepEqual(command.expectations, {});
  });

  test("to name the application, in Python if not said otherwise", () => {
    assert.deepEqual(parseProbe(["--application"]), { kind: "application", language: "python" });
    const typescript = { kind: "application", language: "typescript" };
    assert.deepEqual(parseProbe(["--application", "typescript"]), typescript);
  });

  test("one URL over plain HTTP, at the root", () => {
    assertRefused([], /^probe needs the server to probe: portico probe http:\/\/HOST:PORT/);
    assertRefused(["https://a"], /^https:\/\/a is no URL of a server over plain HTTP/);
    assertRefused(["localhost:8000"], /is no URL .*; write http:\/\/HOST:PORT$/);
    assertRefused(["http://a/b"], /is probed at the server's root; write http:\/\/a, and --mount/);
    assertRefused(["http://a", "http://b"], /^two servers given/);
    assertRefused(["http://a", "--mount", "x"], /^--mount: "x" is not a path such as \/mounted$/);
    assertRefused(["http://a", "-w", "3"], /^-w is for serving; portico probe --help lists/);
  });
});

function probe(...args: string[]): Promise<RunEnd> {
  return runToEnd({ args: ["probe", ...args], cwd: repositoryRoot, ownPython: true });
}

async function probing(
  served: Application,
  ...args: string[]
): Promise<RunEnd & { readonly url: string }> {
  await using subject = await serveApplication(served);
  const { url } = subject.server;
  return { url, ...(await probe(url, ...args)) };
}

const MISNAMED: Application = (environ, startResponse) =>
  application({ ...environ, SERVER_PROTOCOL: "HTTP/2.0" }, startResponse);

describe("portico probe", () => {
  test("prints a group's rows with evidence, and ends with 0 where every rule is kept", async () => {
    const { code, stdout, url } = await probing(application, "--rows", "keep-alive");
    assert.equal(code, 0);
    const lines = [
      url,
      `  the probe application in Node.js ${process.version}`,
      "",
      "Connections and framing",
      "✓ keep-alive                  kept",
      "✓ keep-alive-1.0              kept",
      "",
      "Every rule that was judged is kept: 2.",
    ];
    assert.equal(stdout, `${lines.join("\n")}\n`);
  });

  test("tells the rule that is broken, and ends with 1", async () => {
    const { code, stdout } = await probing(MISNAMED, "--rows", "protocol");
    assert.equal(code, 1);
    assert.match(stdout, /^✗ protocol {20}HTTP\/2\.0, HTTP\/2\.0\n {30}MUST: SERVER_PROTOCOL is/m);
    assert.match(stdout, /\nOne rule of 1 is broken, and it is a MUST\.\n$/);
  });

  test("prints the report for machines too", async () => {
    const { code, stdout, url } = await probing(MISNAMED, "--rows=protocol", "--json");
    assert.equal(code, 1);
    const report = JSON.parse(stdout) as ProbeReport;
    assert.deepEqual(report.counts, { pass: 0, fail: 1, "not applicable": 0 });
    assert.deepEqual([report.url, report.verdict], [url, "fail"]);
    assert.deepEqual(report.rows, [
      {
        name: "protocol",
        title: "SERVER_PROTOCOL is the version that the client used",
        group: "environ",
        level: "MUST",
        source: "PEP 3333, environ Variables",
        requirements: ["S25"],
        verdict: "fail",
        evidence: "HTTP/2.0, HTTP/2.0",
      },
    ]);
  });

  test("ends without a word when its reader leaves, as head does", async () => {
    await using subject = await serveApplication(application);
    const command = `"$0" bin/portico.mjs probe "$1" --rows environ- | head -n 1`;
    const args = ["-c", command, process.execPath, subject.server.url];
    const { stdout, stderr } = await run("sh", args, { cwd: repositoryRoot });
    assert.deepEqual([stdout, stderr], [`${subject.server.url}\n`, ""]);
  });

  test("says in one line that nobody is there, or somebody else", async () => {
    const gone = await probe("http://127.0.0.1:1");
    assert.equal(gone.code, 2);
    assert.match(gone.stderr, /^portico: http:\/\/127\.0\.0\.1:1 cannot be reached: .*\n$/);
    const other = await probing((_, startResponse) => {
      startResponse("200 OK", []);
      return [Buffer.from("hello")];
    });
    assert.equal(other.code, 2);
    assert.match(
      other.stderr,
      /^portico: \S+ does not serve the probe application; serve the file that portico probe --application names .*\n$/,
    );
  });

  test("says that no row has such a name", async () => {
    const { code, stderr } = await probe("http://127.0.0.1:1", "--rows", "nothing");
    assert.equal(code, 2);
    assert.match(stderr, /^portico: --rows: no row's name contains nothing; docs\/probe\.md/);
  });

  test("names the applications, which are there", async () => {
    for (const language of ["python", "typescript"]) {
      const { code, stdout } = await probe("--application", language);
      assert.equal(code, 0);
      assert.ok(existsSync(stdout.trimEnd()), stdout);
    }
  });
});
