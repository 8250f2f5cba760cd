import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { fieldValue } from "../../src/client/field-list.ts";
import type { Environ } from "../../src/wsgi/types.ts";
import { RawConnection } from "../support/raw-client.ts";
import { until } from "../support/until.ts";
import { Lab } from "./lab.ts";

/** How long a quick request may take beside slow ones; most take one or two. */
const SOON = 100;

describe("a quick request beside slow ones", () => {
  test("is answered by the other of two workers", async () => {
    await using lab = await Lab.start({ workers: 2 });
    await lab.warmUp();
    const slow = lab.get("/wait/slow");
    const { pid } = await lab.gate.arrival("slow");
    const { answers, median } = await askQuickly(lab, 40);
    assert.ok(answers.every((answer) => answer.pid !== pid));
    assert.ok(median < SOON, `${median} ms`);
    (await lab.gate.arrival("slow")).pass();
    assert.equal((await slow).text, "slow");
  });

  test("is answered by another thread of the same worker", async () => {
    await using lab = await Lab.start({ threads: 4 });
    const slow = ["a", "b", "c"].map((name) => lab.get(`/wait/${name}`));
    for (const name of ["a", "b", "c"]) await lab.gate.arrival(name);
    const { median } = await askQuickly(lab, 40);
    assert.ok(median < SOON, `${median} ms`);
    for (const name of ["a", "b", "c"]) (await lab.gate.arrival(name)).pass();
    assert.deepEqual(
      (await Promise.all(slow)).map((answer) => answer.text),
      ["a", "b", "c"],
    );
  });

  test("is taken back from a worker that it was sent to ahead, and answered by the other", async () => {
    await using lab = await Lab.start({ workers: 2 });
    for (const round of [1, 2, 3]) {
      await lab.warmUp();
      const slow = lab.get(`/wait/slow${round}`);
      const quick = Array.from({ length: 40 }, (_, n) => lab.get(`/answer/${round}-${n}`));
      const arrival = await lab.gate.arrival(`slow${round}`);
      for (const answer of await Promise.all(quick)) assert.equal(answer.status, 200);
      arrival.pass();
      await slow;
    }
    const ran = lab.ran.filter((name) => name !== "warm");
    assert.equal(ran.length, 3 * 41);
    assert.equal(new Set(ran).size, ran.length, "a request was run twice");
  });
});

describe("requests that wait for a worker", () => {
  test("are run in the order in which they came", async () => {
    await using lab = await Lab.start();
    const first = lab.get("/wait/first");
    await lab.gate.arrival("first");
    const waiting: Promise<unknown>[] = [];
    for (const name of ["1", "2", "3", "4"]) {
      waiting.push(lab.get(`/answer/${name}`));
      await until(`${name} is queued`, () => lab.engine.stats().queued === waiting.length);
    }
    (await lab.gate.arrival("first")).pass();
    await Promise.all([first, ...waiting]);
    assert.deepEqual(lab.ran, ["first", "1", "2", "3", "4"]);
  });

  test("beyond the bound are answered 503 with Retry-After, and the others in their turn", async () => {
    await using lab = await Lab.start({ maxQueued: 2 });
    const first = lab.get("/wait/first");
    await lab.gate.arrival("first");
    const waiting = [lab.get("/answer/1"), lab.get("/answer/2")];
    await until("two are queued", () => lab.engine.stats().queued === 2);
    const refused = await lab.get("/answer/3");
    assert.equal(refused.status, 503);
    assert.equal(fieldValue(refused.fields, "retry-after"), "1");
    (await lab.gate.arrival("first")).pass();
    for (const answer of await Promise.all([first, ...waiting])) assert.equal(answer.status, 200);
    assert.deepEqual([...lab.ran].sort(), ["1", "2", "first"]);
  });

  test("for longer than --timeout are answered 503", async () => {
    await using lab = await Lab.start({ timeout: 0.5 });
    const slow = lab.get("/drip/8");
    await until("it has begun", () => lab.ran.includes("8"));
    assert.equal((await lab.get("/answer/waited")).status, 503);
    await lab.log.line(/GET \/answer\/waited: no worker was free for 0.5 s/);
    assert.equal((await slow).status, 200);
    assert.deepEqual(lab.ran, ["8"]);
  });

  test("are not run when their client has left, and hold nobody back", async () => {
    const departures = new Map<string, AbortSignal>();
    await using lab = await Lab.start({
      middleware: (application) => (environ, startResponse) => {
        departures.set(environ.PATH_INFO, closedSignal(environ));
        return application(environ, startResponse);
      },
    });
    const first = lab.get("/wait/first");
    await lab.gate.arrival("first");
    const ghosts = ["/answer/ghost1", "/answer/ghost2"];
    for (const target of ghosts) {
      const socket = connect(lab.port, "127.0.0.1");
      socket.write(`GET ${target} HTTP/1.1\r\nHost: lab\r\n\r\n`);
      await until(`${target} is queued`, () => departures.has(target));
      // An orderly end could come from a client that still reads.
      socket.resetAndDestroy();
      await until(`${target} has left`, () => departures.get(target)?.aborted === true);
    }
    const last = lab.get("/answer/last");
    await until("the last is queued", () => lab.engine.stats().queued === 3);
    (await lab.gate.arrival("first")).pass();
    assert.equal((await first).status, 200);
    assert.equal((await last).status, 200);
    assert.deepEqual(lab.ran, ["first", "last"]);
  });
});

test("the application is told the truth about threads and processes", async () => {
  for (const [workers, threads, expected] of [
    [1, 1, "False False"],
    [2, 1, "False True"],
    [1, 2, "True False"],
  ] as const) {
    await using lab = await Lab.start({ workers, threads });
    assert.equal((await lab.get("/flags/x")).text, expected);
  }
});

test("a field whose name ends in a percent sign cannot pose as another", async () => {
  await using lab = await Lab.start();
  const connection = await RawConnection.open(lab.port);
  const fields = [["Host", "lab"] as const, ["X-Forwarded-User%", "root"] as const];
  const request = { method: "GET", target: "/seen/%00", fields, body: Buffer.alloc(0) };
  const { body } = await connection.exchange(request);
  connection.close();
  assert.equal(body.toString(), "['HTTP_HOST', 'HTTP_X_FORWARDED_USER%']");
});

async function askQuickly(lab: Lab, count: number) {
  const times: number[] = [];
  const answers = [];
  for (let at = 0; at < count; at += 1) {
    const start = performance.now();
    answers.push(await lab.get(`/answer/${at}`));
    times.push(performance.now() - start);
  }
  const median = times.sort((a, b) => a - b)[Math.floor(count / 2)] ?? Number.POSITIVE_INFINITY;
  return { answers, median };
}

function closedSignal(environ: Environ): AbortSignal {
  const closed = environ["portico.closed"];
  assert.ok(closed !== undefined);
  return closed;
}
