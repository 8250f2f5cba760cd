/** A race of small servers: what each is found to do, and what becomes of those that fail. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import type { Load } from "../../bench/loads/load.ts";
import { race } from "../../bench/race.ts";
import type { ServerResult, WorkResult } from "../../bench/results.ts";
import type { BenchServer } from "../../bench/servers/bench-server.ts";
import { HELLO } from "../../bench/work.ts";
import { isRunning } from "../support/until.ts";

const scratch = mkdtempSync(join(tmpdir(), "portico-race-test-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Says hello to so many requests, and then another thing. */
const SAYS_HELLO = `
  let left = Number(process.argv[2]);
  require("node:http").createServer((request, response) => {
    left -= 1;
    response.end(left < 0 ? "Goodbye" : "Hello World\\n");
  }).listen(Number(process.argv[1]), "127.0.0.1");
`;

function server(name: string, hellos: number): BenchServer {
  const command: BenchServer["command"] = ({ port }) => {
    return [process.execPath, "-e", SAYS_HELLO, port, String(hellos)];
  };
  return { name, software: name, needs: [], command };
}

const LIVELY = server("lively", 1_000);

/** Puts no load on it; its measurement is which process answers. */
const TELLS_PID: Load = {
  words: "2 connections",
  connections: 2,
  run: ({ server }) => Promise.resolve({ requestsPerSecond: server.processes()[0]?.pid ?? 0 }),
};

async function raceOf(
  servers: readonly BenchServer[],
  { rounds = 1, load = TELLS_PID, signal = AbortSignal.timeout(60_000) } = {},
): Promise<WorkResult> {
  const work = {
    name: "test",
    title: "A test",
    language: "python",
    application: "hello",
    exchange: HELLO,
    load,
    measure: "requestsPerSecond",
    servers: [],
    quick: false,
  } as const;
  return await race({ work, servers, rounds, seconds: 1 }, { scratch, signal });
}

async function resultsOf(...servers: readonly BenchServer[]): Promise<readonly ServerResult[]> {
  return (await raceOf(servers)).servers;
}

describe("a race", () => {
  test("gives every server a turn a round, each in a process of its own that ends", async () => {
    const { servers } = await raceOf([LIVELY, server("other", 1_000)], { rounds: 2 });
    const pids = servers.flatMap(({ rounds }) => rounds.map((each) => each.requestsPerSecond ?? 0));
    assert.equal(new Set(pids).size, 4);
    assert.deepEqual(pids.filter(isRunning), []);
  });

  test("goes on when one does not start", async () => {
    const broken = { ...LIVELY, name: "broken", command: () => [process.execPath, "-e", "gone()"] };
    const [first, second] = await resultsOf(broken, LIVELY);
    assert.match(first?.failure ?? "", /broken did not start: .*gone is not defined/s);
    assert.equal(second?.rounds.length, 1);
  });

  test("finds out who answers wrongly before the load, on some of its connections", async () => {
    // One request tells that it is ready; of the two that follow at once, the second goes wrong.
    const [only] = await resultsOf(server("fickle", 2));
    assert.match(only?.failure ?? "", /status 200 and 7 bytes: "Goodbye"/);
    assert.deepEqual(only?.rounds, []);
  });

  test("finds out who answers wrongly after the load, and takes back its measurement", async () => {
    const [only] = await resultsOf(server("tired", 3));
    assert.match(only?.failure ?? "", /"Goodbye"/);
    assert.deepEqual(only?.rounds, []);
  });

  test("says which package a server was not run for", async () => {
    const [only] = await resultsOf({ ...LIVELY, needs: ["npm:nonesuch"] });
    assert.equal(only?.failure, "nonesuch could not be installed");
  });

  test("prepares a server before its command, and tells its settings without its port", async () => {
    const prepared: string[] = [];
    const prepare: BenchServer["prepare"] = ({ port }) => prepared.push(port);
    const [only] = await resultsOf({ ...LIVELY, prepare, remark: "in haste" });
    assert.match(prepared.join(), /^\d+$/);
    assert.match(only?.settings ?? "", / PORT 1000 \(in haste\)$/);
  });

  test("that is stopped ends its server and tells nothing", async () => {
    const stopped = new AbortController();
    let pid = 0;
    const load: Load = {
      ...TELLS_PID,
      run: ({ server, signal }) => {
        pid = server.processes()[0]?.pid ?? 0;
        stopped.abort();
        return Promise.reject(signal.reason);
      },
    };
    await assert.rejects(raceOf([LIVELY], { load, signal: stopped.signal }), {
      name: "AbortError",
    });
    assert.notEqual(pid, 0);
    assert.equal(isRunning(pid), false);
  });
});
