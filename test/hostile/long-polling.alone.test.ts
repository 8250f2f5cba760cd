/** A TypeScript application that holds fifteen thousand requests open at once, and answers them all. */

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { maxOpenFiles } from "../../src/server/open-files.ts";
import { PorticoRun } from "../support/portico-run.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import type { FromPollers, ToPollers } from "./pollers.ts";
import { residentBytes } from "./process-facts.ts";

const POLLERS = 15_000;

const LONGEST_WAIT = 60_000;

/** What a server or its clients open beside the connections. */
const OTHER_FILES = 200;

/** The share of its files that a server gives to connections (src/server/open-files.ts). */
const CONNECTIONS_SHARE = 0.8;

const wanted = Math.ceil((POLLERS + OTHER_FILES) / CONNECTIONS_SHARE);
const tooFew =
  maxOpenFiles() < wanted ? `a process may open ${maxOpenFiles()} files, not ${wanted}` : false;
const skip = process.platform === "linux" ? tooFew : "memory is read from /proc";

test(`${POLLERS} requests wait at once, and each gets its answer`, { skip }, async (context) => {
  await using run = await PorticoRun.serving({
    args: ["-b", "127.0.0.1:0", "--keep-alive", "30", "./waits.ts"],
    cwd: join(repositoryRoot, "test", "apps"),
    longest: 120_000,
  });
  const { server } = run;
  const before = residentBytes(server);
  const pollers = fork(fileURLToPath(new URL("pollers.js", import.meta.url)));
  try {
    const order: ToPollers = { port: Number(new URL(run.url).port), count: POLLERS };
    pollers.send(order);
    const deadline = performance.now() + LONGEST_WAIT;
    while (Number((await run.get("/count")).text) < POLLERS) {
      assert.ok(performance.now() < deadline, "not all requests have come");
      await said<FromPollers>(pollers);
    }
    const each = (residentBytes(server) - before) / POLLERS;
    context.diagnostic(`${Math.round(each)} bytes of memory for each waiting request`);
    assert.equal((await run.get("/release")).text, String(POLLERS));
    let { answered, failed } = await said<FromPollers>(pollers);
    while (answered + failed < POLLERS && performance.now() < deadline) {
      ({ answered, failed } = await said<FromPollers>(pollers));
    }
    assert.deepEqual({ answered, failed }, { answered: POLLERS, failed: 0 });
  } finally {
    pollers.kill("SIGKILL");
  }
});

/** Its next report: it sends nothing else. @throws if it has ended */
function said<Message>(child: ReturnType<typeof fork>): Promise<Message> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void =>
      reject(new Error(`the pollers ended with ${code}`));
    child.once("exit", ended);
    child.once("message", (message) => {
      child.off("exit", ended);
      resolve(message as Message);
    });
  });
}
