import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { ClientConnection, requestBytes } from "../../src/client/client-connection.ts";
import { fieldValue } from "../../src/client/field-list.ts";
import type { Exchange } from "../../src/frontends/http1/server-context.ts";
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
    assert.match(fieldValue(refused.fields, "retry-after") ?? "", /^([1-9]|[12]\d|30)$/);
    (await lab.gate.arrival("first")).pass();
    for (const answer of await Promise.all([first, ...waiting])) assert.equal(answer.status, 200);
    assert.deepEqual([...lab.ran].sort(), ["1", "2", "first"]);
  });

  test("for longer than --queue-timeout are answered 503, whatever --timeout is", async () => {
    await using lab = await Lab.start({ queueTimeout: 0.5 });
    const slow = lab.get("/wait/slow");
    const arrival = await lab.gate.arrival("slow");
    const late = await lab.get("/answer/waited");
    assert.equal(late.status, 503);
    assert.match(fieldValue(late.fields, "retry-after") ?? "", /^\d+$/);
    await lab.log.line(
      /GET \/answer\/waited: no worker was free for 0.5 s \(see --queue-timeout\)/,
    );
    arrival.pass();
    assert.equal((await slow).status, 200);
    assert.deepEqual(lab.ran, ["slow"]);
  });

  test("have the whole of --timeout when their turn comes", async () => {
    await using lab = await Lab.start({ timeout: 2 });
    const first = lab.get("/sleep/1.5");
    await until("it has begun", () => lab.ran.includes("1.5"));
    assert.equal((await lab.get("/sleep/1.4")).status, 200);
    assert.equal((await first).status, 200);
  });

  test("may be none: --queue 0 answers 503 what finds no free thread", async () => {
    await using lab = await Lab.start({ maxQueued: 0, threads: 2 });
    for (let round = 0; round < 40; round += 1) await lab.get("/answer/warm");
    const held = [lab.get("/wait/first"), lab.get("/wait/second")];
    const arrivals = await Promise.all([lab.gate.arrival("first"), lab.gate.arrival("second")]);
    assert.equal((await lab.get("/answer/third")).status, 503);
    for (const arrival of arrivals) arrival.pass();
    for (const answer of await Promise.all(held)) assert.equal(answer.status, 200);
    assert.equal((await lab.get("/answer/fourth")).status, 200);
    assert.ok(!lab.ran.includes("third"));
  });

  test("may be none, and the next of pipelined requests finds the thread that the last one had", async () => {
    await using lab = await Lab.start({ maxQueued: 0 });
    using client = await ClientConnection.open(lab.port);
    const names = ["1", "2", "3"];
    client.send(Buffer.concat(names.map((name) => requestBytes("GET", `/answer/${name}`))));
    for (const name of names) {
      const { status, body } = await client.answer();
      assert.deepEqual([status, body.toString()], [200, name]);
    }
  });

  test("say how long they have waited: to the application, and past middleware to the server", async () => {
    const exchanges: Exchange[] = [];
    await using lab = await Lab.start({
      middleware: (application) => (environ, startResponse) =>
        application({ ...environ }, startResponse),
      onExchange: (exchange) => exchanges.push(exchange),
    });
    const first = lab.get("/wait/first");
    const arrival = await lab.gate.arrival("first");
    const second = lab.get("/queue_time/second");
    await until("it is queued", () => lab.engine.stats().queued === 1);
    const since = performance.now();
    await until("it has waited for a while", () => performance.now() - since > 100);
    arrival.pass();
    await first;
    const [type, seconds] = (await second).text.split(" ");
    assert.equal(type, "float");
    assert.ok(Number(seconds) > 0.1, seconds);
    assert.deepEqual(
      exchanges.map(({ environ }) => Number(environ["portico.queue_time"]).toFixed(6)),
      ["0.000000", seconds],
    );
    assert.equal((await lab.get("/queue_time/third")).text, "float 0.000000");
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
    await until("the last has come", () => departures.has("/answer/last"));
    await until("no other is queued", () => lab.engine.stats().queued === 1);
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
