/** What becomes of applications that hang, crash or cannot be loaded, and how the command says it. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { checkRun } from "../support/check-run.ts";
import { runToEnd } from "../support/portico-run.ts";

const here = mkdtempSync(join(tmpdir(), "portico-check-"));
after(() => rmSync(here, { recursive: true }));

const HELLO = `start("200 OK", [["Content-Type", "text/plain"]]); return [Buffer.from("hi")];`;
const PYTHON_HELLO = `
    start("200 OK", [("Content-Type", "text/plain")])
    return [environ["PATH_INFO"].encode("latin-1")]
`;

const FILES: Readonly<Record<string, string>> = {
  "crashes.mjs": `export default (environ, start) => {
    if (environ.REQUEST_METHOD === "PUT") setTimeout(() => { throw new TypeError("late"); }, 1);
    if (environ.REQUEST_METHOD === "PUT") return new Promise(() => {});
    ${HELLO}
  };`,
  "dies_in_a_crowd.mjs": `let open = 0;
  export default async (environ, start) => {
    open += 1;
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (open > 4) process.exit(3);
    open -= 1;
    ${HELLO}
  };`,
  "waits.mjs": `export default (environ, start) => {
    if (environ.REQUEST_METHOD === "BREW") return new Promise(() => {});
    ${HELLO}
  };`,
  "hangs_in_a_crowd.mjs": `import { appendFileSync } from "node:fs";
  appendFileSync("started", "x");
  let open = 0;
  export default async (environ, start) => {
    open += 1;
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (open > 4) await new Promise(() => {});
    open -= 1;
    ${HELLO}
  };`,
  "never_loads.mjs": "for (;;);",
  "loads_slowly.mjs": `const end = performance.now() + 2_500;
  while (performance.now() < end);
  export default (environ, start) => { ${HELLO} };`,
  "recurses.mjs": `const deep = (left) => { if (left === 0) for (;;); return deep(left - 1) + 1; };
  export default (environ, start) => {
    if (environ.REQUEST_METHOD === "BREW") deep(5000);
    ${HELLO}
  };`,
  "leaves_a_child.py": `
import subprocess
with open("left", "w") as left:
    left.write(str(subprocess.Popen(["sleep", "300"]).pid))

def application(environ, start):
${PYTHON_HELLO}`,
  "streams.mjs": `export default async function* (environ, start) {
    start("200 OK", [["Content-Type", "text/event-stream"]]);
    for (;;) {
      yield Buffer.from("data\\n");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }`,
  "head.mjs": `export default (environ, start) => {
    const type = environ.REQUEST_METHOD === "HEAD" ? "text/html" : "text/plain";
    start("200 OK", [["Content-Type", type], ["Content-Encoding", type.slice(5)]]);
    return [Buffer.from("hi")];
  };`,
  "parts.mjs": `export default (environ, start) => {
    const headers = [["Content-Type", "text/plain"], ["ETag", '"a"']];
    if (environ.HTTP_IF_NONE_MATCH) { start("304 Not Modified", headers); return []; }
    if (environ.HTTP_RANGE) headers.push(["Content-Range", "bytes 0-9/100"]);
    start(environ.HTTP_RANGE ? "206 Partial Content" : "200 OK", headers);
    return [Buffer.from("hi")];
  };`,
  "dies.py": `
import os

def application(environ, start):
    if environ["REQUEST_METHOD"] in ("PUT", "PATCH", "DELETE"):
        os.write(2, b"out of cheese\\n")
        os._exit(9)
${PYTHON_HELLO}`,
  "login.py": `
def application(environ, start):
    start("403 Forbidden", [("Content-Type", "text/plain")])
    return [b"who are you?"]
`,
  "mounts.mjs": `import { mount, python } from "portico";
  export default mount({
    "/": (environ, start) => { ${HELLO} },
    "/python": python("raises.py", { directory: import.meta.dirname }),
  });`,
  "raises.py": `
def application(environ, start):
    if environ["PATH_INFO"] == "/broken":
        raise KeyError("cart")
${PYTHON_HELLO}`,
};

for (const [path, text] of Object.entries(FILES)) writeFileSync(join(here, path), text);

/** The one finding of a rule: its evidence, and where it was seen. */
async function found(rule: string, ...args: readonly string[]): Promise<readonly string[]> {
  const { broken } = await checkRun(here, "-t", "1", ...args);
  const report = broken.find((each) => each.rule === rule);
  return (report?.findings ?? []).map(({ evidence, request }) => `${evidence} [${request}]`);
}

describe("portico check", { concurrency: 2 }, () => {
  test("reads no configuration file and no variable with settings", async () => {
    const site = mkdtempSync(join(here, "configured-"));
    writeFileSync(join(site, "hello.mjs"), `export default (environ, start) => { ${HELLO} };`);
    writeFileSync(join(site, "portico.config.json"), '{ "chdir": "/nowhere" }');
    writeFileSync(join(site, "gunicorn.conf.py"), "raise OSError('it is read')");
    const env = { PORTICO_CHDIR: "/nowhere", GUNICORN_CMD_ARGS: "--chdir /nowhere" };
    const { stdout, code } = await runToEnd({
      args: ["check", "hello.mjs"],
      cwd: site,
      env,
      ownPython: true,
    });
    assert.match(stdout, /\nKept \(/);
    assert.equal(code, 0);
  });

  test("tells of a process that ends, with its last error, and goes on with another", async () => {
    const { report, broken, code } = await checkRun(here, "-t", "1", "crashes.mjs");
    const [ended] = broken.find(({ rule }) => rule === "process-survives")?.findings ?? [];
    assert.equal(
      ended?.evidence,
      "before or while it ran the request, the process ended with exit status 1: TypeError: late",
    );
    assert.equal(report.steps.at(-1)?.step, "later requests");
    assert.equal(code, 1);
  });

  test("ends when several requests at a time have lost their process", async () => {
    const { report, code } = await checkRun(here, "dies_in_a_crowd.mjs");
    assert.equal(report.gaveUp, "3 requests were not answered");
    assert.equal(report.rules.find(({ rule }) => rule === "process-survives")?.verdict, "broken");
    assert.equal(code, 1);
  });

  test("tells of an answer that does not come", async () => {
    assert.deepEqual(await found("answers-in-time", "waits.mjs"), [
      "nothing came within 1 s [BREW /]",
    ]);
  });

  test("starts no other process where one answers nobody, but lives", async () => {
    const { report, code } = await checkRun(here, "-t", "1", "hangs_in_a_crowd.mjs");
    assert.equal(report.gaveUp, "3 requests were not answered");
    assert.equal(readFileSync(join(here, "started"), "latin1"), "x");
    assert.equal(code, 1);
  });

  test("shows of a deep stack the innermost calls", async () => {
    const { broken } = await checkRun(here, "-t", "4", "recurses.mjs");
    const [stall] = broken.find(({ rule }) => rule === "blocks-event-loop")?.findings ?? [];
    assert.match(stall?.evidence ?? "", /; it is in deep \(\S+recurses\.mjs:1\), called by deep /);
    assert.equal(stall?.evidence.match(/called by/g)?.length, 7);
  });

  test("ends before a process that the application has left behind", async () => {
    try {
      const { broken } = await checkRun(here, "leaves_a_child.py");
      assert.deepEqual(broken, []);
    } finally {
      process.kill(Number(readFileSync(join(here, "left"), "latin1")));
    }
  });

  test("waits for an application to be loaded no longer than --boot-timeout", async () => {
    const args = ["check", "--boot-timeout", "1", "never_loads.mjs"];
    const end = await runToEnd({ args, cwd: here, ownPython: true });
    assert.equal(end.code, 4);
    assert.match(
      end.stderr,
      /^portico: the application was not loaded within --boot-timeout 1 s\b/,
    );
  });

  test("accuses nobody of the time that it takes to load the application", async () => {
    const { code, broken } = await checkRun(here, "loads_slowly.mjs");
    assert.deepEqual(broken, []);
    assert.equal(code, 0);
  });

  test("leaves an answer that does not end, and accuses nobody of it", async () => {
    const { report, broken } = await checkRun(here, "streams.mjs");
    assert.deepEqual(broken, []);
    assert.equal(report.steps.at(-1)?.step, "later requests");
  });

  test("tells of all in which a HEAD is not as GET", async () => {
    assert.deepEqual(await found("head-as-get", "head.mjs"), [
      'Content-Type is "text/html" for HEAD, and "text/plain" for GET [HEAD /]',
      'Content-Encoding is "html" for HEAD, and "plain" for GET [HEAD /]',
    ]);
  });

  test("tells of a 304 for a stranger's ETag, and of a 206 that is not what it says", async () => {
    const { broken } = await checkRun(here, "parts.mjs");
    const evidence = broken.map(({ rule, findings }) => `${rule}: ${findings[0]?.evidence}`);
    assert.deepEqual(evidence, [
      'not-modified: 304 to If-None-Match: "portico-check", which is no ETag of this answer',
      'partial-content: 206 to Range: bytes=0-3, whose Content-Range is "bytes 0-9/100" and whose body has 2 bytes',
    ]);
  });

  test("tells of a worker that dies, and gives up when it goes on dying", async () => {
    const { report, broken, code } = await checkRun(here, "dies.py");
    assert.deepEqual(
      broken.map(({ rule }) => rule),
      ["process-survives"],
    );
    const died = 'the worker exited with status 9; its last line: "out of cheese"';
    for (const { evidence } of broken[0]?.findings ?? []) {
      assert.equal(evidence, `while it ran the request, ${died}`);
    }
    assert.equal(report.gaveUp, "3 requests were not answered");
    assert.equal(code, 1);
  });

  test("tells where the application lets nobody in", async () => {
    const { report, code } = await checkRun(here, "login.py");
    assert.deepEqual(report.answers, [{ path: "/", statuses: { 403: 97 } }]);
    assert.match(report.conclusion, /; nothing but 403 was answered at \//);
    assert.equal(code, 0);
  });

  test("tries the paths that it is told of, too", async () => {
    const all = ["--path", "/broken", "raises.py"];
    const [raised] = await found("raises", ...all);
    assert.match(raised ?? "", /KeyError: .*cart.* \[[A-Z]+ \/broken\]$/);
  });

  test("tells what a mounted Python application raises once, and as its own", async () => {
    const raised = await found("raises", "--path", "/python/broken", "mounts.mjs");
    assert.notEqual(raised.length, 0);
    for (const each of raised) assert.match(each, /^the application raised KeyError: .*cart/);
  });

  test("exits with 4 and the usual line when the application cannot be loaded", async () => {
    const end = await runToEnd({ args: ["check", "nowhere"], cwd: here, ownPython: true });
    assert.equal(end.code, 4);
    assert.equal(end.stdout, "");
    assert.match(end.stderr, /^portico: cannot load nowhere .*there is no module nowhere\n$/s);
  });

  test("exits with 2 when the directory cannot be entered", async () => {
    const args = ["check", "--chdir", "/nowhere", "app.mjs"];
    const end = await runToEnd({ args, cwd: here, ownPython: true });
    assert.equal(end.stderr, "portico: --chdir: /nowhere is no directory that can be entered\n");
    assert.equal(end.code, 2);
  });

  test("exits with 1 when there is no such file", async () => {
    const end = await runToEnd({ args: ["check", "nowhere.mjs"], cwd: here, ownPython: true });
    assert.equal(end.code, 1);
    assert.match(end.stderr, /^portico: no file nowhere\.mjs in /);
  });
});
