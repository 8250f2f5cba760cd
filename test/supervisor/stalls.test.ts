/** Server workers whose event loop stands still: what their clients get, what the log says, what comes after. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { get, PorticoRun } from "../support/portico-run.ts";
import { isRunning, until } from "../support/until.ts";

const cwd = mkdtempSync(join(tmpdir(), "portico-stalls-"));
after(() => rmSync(cwd, { recursive: true }));

/** Says on the log when it begins; blocks at once, after a wait, or in native code. */
const BLOCKER = join(cwd, "blocker.mjs");
writeFileSync(
  BLOCKER,
  `import { readFileSync } from "node:fs";
  function spin() {
    for (;;);
  }
  const DOES = {
    "/spin": spin,
    "/later": () => new Promise(() => setImmediate(spin)),
    "/native": () => readFileSync("fifo"),
    "/never": () => new Promise(() => {}),
    "/stream": (start) => {
      start("200 OK", []);
      return (async function* () {
        yield Buffer.from("some");
        await new Promise(() => {});
      })();
    },
    "/answer": (start) => {
      start("200 OK", []);
      return [Buffer.from(String(process.pid))];
    },
  };
  export const app = (environ, start) => {
    environ["wsgi.errors"].write("begins " + environ.PATH_INFO + "\\n");
    return DOES[environ.PATH_INFO](start);
  };`,
);
spawnSync("mkfifo", [join(cwd, "fifo")]);

function serving(...args: readonly string[]): Promise<PorticoRun> {
  const options = ["-b", "127.0.0.1:0", "-t", "2", "--access-logfile", "-", ...args];
  return PorticoRun.serving({ args: [...options, BLOCKER], cwd });
}

/** Resolves when a request has reached the application. */
async function begun(run: PorticoRun, path: string): Promise<void> {
  await run.stderr.line(new RegExp(`^begins ${path}$`));
}

describe("an event loop that stands still", { concurrency: 2 }, () => {
  test("is named with its stack and the request that it runs", async () => {
    await using run = await serving();
    const pid = Number((await run.get("/answer")).text);
    await run.get("/spin?a=b");
    await run.stderr.said(
      new RegExp(
        `\\[CRITICAL\\] WORKER TIMEOUT \\(pid:${pid}\\): its event loop stood still for 2 s in GET /spin\\?a=b\n` +
          `  at spin \\(${BLOCKER}:3\\)\n  at app \\(${BLOCKER}:\\d+\\)`,
      ),
    );
    await run.stderr.line(
      new RegExp(`Worker \\(pid:${pid}\\) was killed: its event loop stood still for 2 s; another`),
    );
    await until("it has ended", () => !isRunning(pid));
    assert.notEqual(Number((await run.get("/answer")).text), pid);
  });

  test("is counted as a timeout", async () => {
    const metrics = join(cwd, "metrics");
    await using run = await serving("--metrics-bind", `unix:${metrics}`);
    await run.get("/spin");
    await run.stderr.line(/another takes its place/);
    const { text } = await get(`unix:${metrics}`, "/metrics");
    assert.match(text, /restarts_total\{kind="server",cause="timeout"\} 1$/m);
  });

  test("has all its clients answered 504, with lines in both logs", async () => {
    await using run = await serving();
    const never = run.get("/never");
    await begun(run, "/never");
    const later = run.get("/later");
    assert.deepEqual([(await never).status, (await later).status], [504, 504]);
    for (const path of ["/never", "/later"]) {
      await run.stderr.line(
        new RegExp(
          `\\[ERROR\\] GET ${path}: the event loop of its process stands still; it is answered 504`,
        ),
      );
      await run.stdout.line(new RegExp(`"GET ${path} HTTP/1.1" 504 `));
    }
    await run.stderr.said(/its event loop stood still for 2 s\n {2}at spin /);
  });

  test("has an answer that had begun cut off", async () => {
    await using run = await serving();
    const cut = assert.rejects(run.get("/stream"));
    await begun(run, "/stream");
    assert.equal((await run.get("/spin")).status, 504);
    await cut;
    await run.stderr.line(/GET \/stream: .* stands still; its answer is cut off$/);
  });

  test("in native code cannot answer, and is replaced all the same", async () => {
    await using run = await serving();
    await assert.rejects(run.get("/native"));
    await run.stderr.said(/stood still for 2 s\n {2}in native code/);
    assert.equal((await run.get("/answer")).status, 200);
  });

  test("takes no connection down that came meanwhile: its successor has them", async () => {
    await using run = await serving();
    const spin = run.get("/spin");
    await begun(run, "/spin");
    const others = Array.from({ length: 8 }, () => run.get("/answer"));
    assert.equal((await spin).status, 504);
    for (const answer of await Promise.all(others)) assert.equal(answer.status, 200);
  });

  test("leaves the connections to the other worker meanwhile", async () => {
    await using run = await serving("-w", "2");
    const spin = run.get("/spin");
    await begun(run, "/spin");
    // One is on its way to the worker that cannot take it; no further one is.
    const answers = Array.from({ length: 8 }, () => run.get("/answer").then(() => "answered"));
    const first = Array.from({ length: 7 }, () => "answered");
    assert.deepEqual(await soonest(answers, first.length), first);
    assert.doesNotMatch(run.stderr.text, /WORKER TIMEOUT/);
    assert.equal((await spin).status, 504);
    assert.equal((await Promise.all(answers)).length, 8);
  });
});

test("a worker that is killed while it takes no connection leaves that to its successor", async () => {
  await using run = await serving("-t", "0");
  const pid = Number((await run.get("/answer")).text);
  process.kill(pid, "SIGSTOP");
  const asked = Array.from({ length: 4 }, () => run.get("/answer"));
  const { hostname, port } = new URL(run.url);
  // When this is accepted, so are those before it.
  const last = connect(Number(port), hostname);
  await new Promise((resolve) => last.once("connect", resolve));
  process.kill(pid, "SIGKILL");
  for (const answer of await Promise.all(asked)) {
    assert.equal(answer.status, 200);
    assert.notEqual(Number(answer.text), pid);
  }
  last.destroy();
});

describe("a worker that does not hear that the server stops", { concurrency: 2 }, () => {
  for (const [which, at] of [
    ["the first", 0],
    ["the second", 1],
  ] as const) {
    test(`keeps nobody waiting who comes then: ${which} of two`, async () => {
      await using run = await serving("-w", "2", "-t", "0", "--graceful-timeout", "4");
      const deaf = run.descendants[at] ?? 0;
      process.kill(deaf, "SIGSTOP");
      run.kill("SIGTERM");
      let answer = await run.get("/answer");
      while (answer.status === 200) answer = await run.get("/answer");
      assert.equal(answer.status, 503);
      assert.ok(isRunning(deaf));
      assert.equal((await run.ended).code, 0);
    });
  }
});

test("a TypeScript application that does not answer is answered 504, and its process goes on", async () => {
  await using run = await serving();
  const pid = Number((await run.get("/answer")).text);
  assert.equal((await run.get("/never")).status, 504);
  await run.stderr.line(
    /\[ERROR\] GET \/never: its application took longer than 2 s \(see --timeout\); it is answered 504$/,
  );
  await run.stdout.line(/"GET \/never HTTP\/1.1" 504 /);
  assert.equal(Number((await run.get("/answer")).text), pid);
});

/** So many of them, those that come first. */
function soonest<Value>(promises: readonly Promise<Value>[], count: number): Promise<Value[]> {
  const found: Value[] = [];
  return new Promise((resolve, reject) => {
    for (const promise of promises) {
      promise.then((value) => {
        found.push(value);
        if (found.length === count) resolve([...found]);
      }, reject);
    }
  });
}
