/** Twenty slow clients of each kind, and one worker of one thread: a normal request is answered at once. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { get, PorticoRun } from "../support/portico-run.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { Attackers, skip } from "./attack.ts";
import type { Attack } from "./attackers.ts";

const TARGETS = { Python: "large:application", TypeScript: "./large.ts" } as const;
const COUNT = 20;
const REQUESTS = 20;
const SERIES = 3;
const LONGEST_ANSWER = 100;

const ATTACKS: readonly Attack[] = [
  "silent",
  "half a head",
  "half a body",
  "no reading of a whole answer",
  "no reading of an answer in pieces",
];

/** The milliseconds of each of some requests, one after the other, each on its own connection. */
async function answerTimes(url: string): Promise<number[]> {
  const times: number[] = [];
  for (let count = 0; count < REQUESTS; count += 1) {
    const began = performance.now();
    const answer = await get(url, "/");
    assert.equal(answer.status, 200);
    times.push(performance.now() - began);
  }
  return times;
}

/** Of the best of some series: who else is on the machine may spoil one, clients that hold a worker spoil all. */
async function slowestAnswer(url: string): Promise<number> {
  const series: number[] = [];
  while (series.length < SERIES) series.push(Math.max(...(await answerTimes(url))));
  return Math.min(...series);
}

for (const [language, target] of Object.entries(TARGETS)) {
  describe(`with ${COUNT} clients of a ${language} application`, { skip }, () => {
    for (const attack of ATTACKS) {
      test(`that attack by ${attack}, requests are answered within ${LONGEST_ANSWER} ms`, async () => {
        await using run = await PorticoRun.serving({
          args: ["-b", "127.0.0.1:0", "-w1", "--threads=1", target],
          cwd: join(repositoryRoot, "test", "apps"),
        });
        await answerTimes(run.url);
        await using attackers = new Attackers(Number(new URL(run.url).port));
        attackers.launch(attack, COUNT);
        const isAnswered = attack.startsWith("no reading");
        await attackers.until((state) => (isAnswered ? state.answered : state.open) === COUNT);
        const slowest = await slowestAnswer(run.url);
        assert.ok(slowest < LONGEST_ANSWER, `the slowest took ${slowest.toFixed(0)} ms`);
        assert.equal(attackers.state.open, COUNT);
      });
    }
  });
}
