/**
 * Thousands of slow clients of every kind at once, while fifty others work: nobody notices, memory
 * and open files stay within bounds, and when the slow ones have gone so have their files, and their
 * memory serves the next ones.
 */

import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { get, PorticoRun } from "../support/portico-run.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { until } from "../support/until.ts";
import { Attackers, skip } from "./attack.ts";
import type { FromAttackers } from "./attackers.ts";
import { openFiles, residentBytes } from "./process-facts.ts";

const TARGETS = { Python: "large:application", TypeScript: "./large.ts" } as const;
const MEBIBYTE = 1024 ** 2;

/** What each kind of slow client gets to show that it is one, in seconds. */
const PATIENCE = 12;
const SETTINGS = [
  ...["--head-timeout", String(PATIENCE)],
  ...["--body-timeout", String(PATIENCE)],
  ...["--write-timeout", String(PATIENCE)],
];

/** By then the slowest of them must have gone, in milliseconds. */
const LONGEST_ATTACK = 60_000;

const SILENT = 3_000;
const HALF_HEADS = 2_000;
const HALF_BODIES = 1_000;
const NON_READERS = 500;
const ATTACKERS = SILENT + HALF_HEADS + HALF_BODIES + NON_READERS;
/** The share of them that must be open at once: some give up, or are given up, before all are there. */
const MOST = 0.75;
const CLIENTS = 50;
/** The directory of temporary files has an owner's socket, from the first such file on. */
const SPOOL_FILES = 1;

/** What waits for slow clients (docs/http.md), and beside it what connections and uncollected garbage take. */
const BUFFER_MEMORY = 128 * MEBIBYTE;
const EACH_CONNECTION = 24 * 1024;
const GARBAGE = 128 * MEBIBYTE;

/** Clients that ask again and again until they are stopped, each on one connection. */
class Crowd {
  readonly times: number[] = [];
  readonly failures: string[] = [];
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  readonly #url: string;
  #goesOn = true;
  #clients: Promise<void>[] = [];

  constructor(url: string) {
    this.#url = url;
    for (let count = 0; count < CLIENTS; count += 1) this.#clients.push(this.#work());
  }

  async stop(): Promise<void> {
    this.#goesOn = false;
    await Promise.all(this.#clients);
    this.#agent.destroy();
  }

  async #work(): Promise<void> {
    while (this.#goesOn) {
      const began = performance.now();
      const failure = await this.#ask();
      if (failure !== undefined) this.failures.push(failure);
      this.times.push(performance.now() - began);
    }
  }

  /** Undefined, or what went wrong. */
  #ask(): Promise<string | undefined> {
    return new Promise((resolve) => {
      const asked = request(this.#url, { agent: this.#agent }, (response) => {
        response.resume();
        response.once("end", () =>
          resolve(response.statusCode === 200 ? undefined : `status ${response.statusCode}`),
        );
        response.once("error", (error) => resolve(error.message));
      });
      asked.once("error", (error) => resolve(error.message));
      asked.end();
    });
  }
}

function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
}

/** Of so many requests and more, with nobody else about. */
async function quietPercentile(url: string): Promise<number> {
  const crowd = new Crowd(url);
  await until("2,000 requests are answered", () => crowd.times.length >= 2_000);
  await crowd.stop();
  assert.deepEqual(crowd.failures, []);
  return percentile(crowd.times, 0.99);
}

/** Resolves when a server has no more files open than before, its own clients' aside. */
async function gone(pid: number, filesBefore: number): Promise<void> {
  const deadline = performance.now() + LONGEST_ATTACK;
  while (openFiles(pid) > filesBefore + CLIENTS) {
    assert.ok(performance.now() < deadline, `${openFiles(pid)} files are still open`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

for (const [language, target] of Object.entries(TARGETS)) {
  test(`${ATTACKERS} slow clients hurt nobody who uses a ${language} application`, {
    skip,
  }, async (context) => {
    await using run = await PorticoRun.serving({
      args: ["-b", "127.0.0.1:0", "-w1", "--threads=1", ...SETTINGS, target],
      cwd: join(repositoryRoot, "test", "apps"),
      longest: 180_000,
    });
    const quiet = await quietPercentile(run.url);
    const { server } = run;
    const filesBefore = openFiles(server) + SPOOL_FILES;
    const memoryBefore = residentBytes(server);
    await using attackers = new Attackers(Number(new URL(run.url).port));
    let memoryMost = 0;
    const watch = setInterval(() => {
      memoryMost = Math.max(memoryMost, residentBytes(server));
    }, 50);
    const crowd = new Crowd(run.url);
    attackers.launch("silent", SILENT, 4);
    attackers.launch("half a head", HALF_HEADS, 4);
    attackers.launch("no reading of an answer in pieces", NON_READERS, 4);
    let openAtOnce = 0;
    const tried = (count: number) => (state: FromAttackers) => {
      openAtOnce = Math.max(openAtOnce, state.open);
      return state.tried === count;
    };
    // Bodies come last: for their memory the server may let some of the others go.
    await attackers.until(tried(ATTACKERS - HALF_BODIES));
    attackers.launch("half a body", HALF_BODIES, 4);
    await attackers.until(tried(ATTACKERS));
    // Who does not read does not notice that the connection has ended: the server's files tell.
    await gone(server, filesBefore);
    await crowd.stop();
    clearInterval(watch);
    const loud = percentile(crowd.times, 0.99);
    context.diagnostic(
      `${crowd.times.length} requests; p99 ${quiet.toFixed(1)} ms quiet, ${loud.toFixed(1)} ms in the crowd; ` +
        `at most ${openAtOnce} attackers open; memory ${(memoryBefore / MEBIBYTE).toFixed(0)} MiB before, ` +
        `${(memoryMost / MEBIBYTE).toFixed(0)} MiB at most, ${(residentBytes(server) / MEBIBYTE).toFixed(0)} MiB after`,
    );
    assert.deepEqual(crowd.failures, []);
    assert.ok(openAtOnce > ATTACKERS * MOST, `only ${openAtOnce} attackers were ever open at once`);
    assert.ok(
      loud < 20 * quiet,
      `p99 ${loud.toFixed(1)} ms is over 20 times ${quiet.toFixed(1)} ms`,
    );
    const bound = memoryBefore + BUFFER_MEMORY + ATTACKERS * EACH_CONNECTION + GARBAGE;
    assert.ok(memoryMost < bound, `${memoryMost} bytes of memory are over ${bound}`);
    await until("all files are closed", () => openFiles(server) <= filesBefore);
    assert.equal((await get(run.url, "/")).status, 200);
    const again = await memoryOfBodies(run);
    const grown = `${again} bytes for the next ones, after ${memoryMost}`;
    assert.ok(again < memoryMost + GARBAGE / 2, grown);
  });
}

/** The memory that a server has while half bodies wait in it once more. */
async function memoryOfBodies(run: PorticoRun): Promise<number> {
  await using attackers = new Attackers(Number(new URL(run.url).port));
  attackers.launch("half a body", HALF_BODIES, 4);
  await attackers.until((state) => state.tried === HALF_BODIES);
  assert.equal((await get(run.url, "/")).status, 200);
  return residentBytes(run.server);
}
