import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { Datagrams } from "../support/datagrams.ts";
import { Gate } from "../support/gate.ts";
import { get, PorticoRun, type RunAnswer, runToEnd } from "../support/portico-run.ts";
import { repositoryRoot } from "../support/python-environment.ts";

const cwd = mkdtempSync(join(tmpdir(), "portico-metrics-"));
after(() => rmSync(cwd, { recursive: true }));

writeFileSync(
  join(cwd, "shop.py"),
  `def app(environ, start_response):
    if environ["PATH_INFO"] == "/boom":
        raise ValueError("boom")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"shop"]
`,
);
writeFileSync(
  join(cwd, "shop.mjs"),
  `export const app = (environ, start) => {
    if (environ.PATH_INFO === "/boom") throw new Error("boom");
    start("200 OK", [["Content-Type", "text/plain"]]);
    return [Buffer.from("shop")];
  };
`,
);

const LAB = join(repositoryRoot, "test/apps/engines/lab.py:app");
const WAITER = join(repositoryRoot, "test/apps/engines/waiter.ts");
const HANGS = join(repositoryRoot, "test/apps/broken/hangs_at_import.py");

const ARGS = ["-b", "127.0.0.1:0", "--metrics-bind", ":0"];

const TARGETS = [
  ["a Python application", "shop:app"],
  ["a TypeScript application", "./shop.mjs"],
] as const;

function serving(...args: readonly string[]): Promise<PorticoRun> {
  return PorticoRun.serving({ args: [...ARGS, ...args], cwd });
}

async function scrape(run: PorticoRun, path = "/metrics"): Promise<RunAnswer> {
  const line = await run.stderr.line(/Metrics at: /);
  return get(/Metrics at: (\S+)/.exec(line)?.[1] ?? "", path);
}

/** The value of one sample, by its name and labels. */
async function sampleOf(run: PorticoRun, sample: string): Promise<number | undefined> {
  const { text } = await scrape(run);
  const line = text.split("\n").find((found) => found.startsWith(`${sample} `));
  return line === undefined ? undefined : Number(line.slice(sample.length));
}

/** Scrapes until it has that value; the test's own time is the limit. */
async function becomes(run: PorticoRun, sample: string, value: number): Promise<void> {
  while ((await sampleOf(run, sample)) !== value);
}

for (const [name, target] of TARGETS) {
  describe(`the metrics of ${name}`, { timeout: 60_000, concurrency: 2 }, () => {
    test("count its requests, and are no requests of it", async () => {
      await using run = await serving("-w", "2", target);
      for (let at = 0; at < 3; at += 1) await run.get("/");
      await run.get("/boom");
      const { status, headers, text } = await scrape(run);
      assert.equal(status, 200);
      assert.equal(headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
      assert.match(text, /^portico_requests_total\{method="GET",status="200"\} 3$/m);
      assert.match(text, /^portico_requests_total\{method="GET",status="500"\} 1$/m);
      assert.match(text, /^portico_request_duration_seconds_count 4$/m);
      assert.match(text, /^portico_connections_accepted_total 4$/m);
      assert.match(text, /^portico_requests_in_flight 0$/m);
      assert.match(text, /^portico_workers\{kind="(application|server)",state="ready"\} 2$/m);
    });

    test("go on counting where workers are killed or replaced", async () => {
      await using run = await serving(target);
      for (let at = 0; at < 3; at += 1) await run.get("/");
      const requests = 'portico_requests_total{method="GET",status="200"}';
      await becomes(run, requests, 3);
      const kind = target.startsWith("./") ? "server" : "application";
      process.kill(run.descendants[0] ?? 0, "SIGKILL");
      await becomes(run, `portico_worker_restarts_total{kind="${kind}",cause="signal"}`, 1);
      assert.equal(await sampleOf(run, requests), 3);
      await run.get("/");
      run.kill("SIGHUP");
      await run.stderr.line(/Reloaded/);
      await becomes(run, `portico_worker_restarts_total{kind="${kind}",cause="reload"}`, 1);
      await run.get("/");
      assert.equal(await sampleOf(run, requests), 5);
    });

    test("are sent to statsd as gunicorn's", async () => {
      await using datagrams = await Datagrams.listening();
      const host = `127.0.0.1:${datagrams.port}`;
      await using run = await serving("--statsd-host", host, "--statsd-prefix", "shop", target);
      await run.get("/boom");
      await datagrams.said(/^shop\.gunicorn\.request\.status\.500:1\|c\|@1\.0$/m);
      await datagrams.said(/^shop\.gunicorn\.requests:1\|c\|@1\.0$/m);
      await datagrams.said(/^shop\.gunicorn\.request\.duration:\d+\.\d{3}\|ms$/m);
      await datagrams.said(/^shop\.gunicorn\.log\.exception:1\|c\|@1\.0$/m);
      await datagrams.said(/^shop\.gunicorn\.workers:1\|g$/m);
      assert.doesNotMatch(datagrams.text, /backlog/);
    });

    test("are sent to the last, also those of the last moment", async () => {
      await using datagrams = await Datagrams.listening();
      const host = `127.0.0.1:${datagrams.port}`;
      await using run = await serving("--statsd-host", host, target);
      await run.get("/");
      run.kill("SIGTERM");
      await run.ended;
      await datagrams.said(/^gunicorn\.request\.status\.200:1\|c/m);
    });
  });
}

describe("the metrics", { timeout: 60_000, concurrency: 2 }, () => {
  test("tell of an application that still imports", async () => {
    await using run = new PorticoRun({ args: [...ARGS, HANGS], cwd });
    await becomes(run, 'portico_workers{kind="application",state="booting"}', 1);
    assert.equal(await sampleOf(run, 'portico_workers{kind="application",state="ready"}'), 0);
  });

  test("tell how many threads are busy, and how many requests wait for one", async () => {
    await using run = await serving("--threads", "2", LAB);
    const gate = await Gate.open(join(cwd, "gate"));
    try {
      const answers = ["a", "b", "c"].map((one) => run.get(`/wait/${one}`));
      await becomes(run, "portico_queue_depth", 1);
      assert.equal(await sampleOf(run, "portico_worker_threads_busy"), 2);
      assert.equal(await sampleOf(run, "portico_worker_threads"), 2);
      assert.equal(await sampleOf(run, "portico_requests_in_flight"), 3);
      for (const one of ["a", "b", "c"]) (await gate.arrival(one)).pass();
      await Promise.all(answers);
      await becomes(run, "portico_queue_depth", 0);
    } finally {
      await gate.close();
    }
  });

  test("are answered where a server worker is stuck, and say that one is", async () => {
    await using run = await serving("-w", "2", "-t", "0", WAITER);
    const gate = await Gate.open(join(cwd, "gate"));
    try {
      const cut = assert.rejects(run.get("/loop/x"));
      await gate.arrival("x");
      await becomes(run, "portico_server_workers_silent", 1);
      assert.equal(await sampleOf(run, 'portico_workers{kind="server",state="ready"}'), 2);
      run.kill("SIGQUIT");
      await cut;
    } finally {
      await gate.close();
    }
  });

  test("are at one path, and what is asked for elsewhere is told of it", async () => {
    await using run = await serving("shop:app");
    assert.match((await scrape(run, "/")).text, /\/metrics/);
    assert.equal((await scrape(run, "/shop")).status, 404);
  });

  test("may be on a Unix socket", async () => {
    const socket = join(cwd, "metrics.sock");
    const args = ["-b", "127.0.0.1:0", "--metrics-bind", `unix:${socket}`, "shop:app"];
    await using run = await PorticoRun.serving({ args, cwd });
    await run.get("/");
    assert.match((await get(`unix:${socket}`, "/metrics")).text, /^portico_requests_total/m);
    run.kill("SIGQUIT");
    await run.ended;
    assert.equal(existsSync(socket), false, "it stays when the server is told to hurry");
  });

  test("that have no place to be end the start", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    // It listens on a port, so its address has one.
    const { port } = other.address() as AddressInfo;
    const args = ["-b", "127.0.0.1:0", "--metrics-bind", `:${port}`, "shop:app"];
    const { code, stderr } = await runToEnd({ args, cwd });
    other.close();
    assert.equal(code, 1);
    assert.match(stderr, /^portico: --metrics-bind: cannot listen on .*: another program listens/m);
  });

  test("have the backlog where it is asked for", async () => {
    await using datagrams = await Datagrams.listening();
    const host = `127.0.0.1:${datagrams.port}`;
    await using run = await serving("--statsd-host", host, "--enable-backlog-metric", "shop:app");
    assert.ok(run.pid > 0);
    await datagrams.said(/^gunicorn\.backlog:0\|h$/m);
  });
});
