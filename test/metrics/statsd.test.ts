import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Statsd } from "../../src/metrics/statsd.ts";
import type { StatsdOptions } from "../../src/metrics/statsd-client.ts";
import { Datagrams } from "../support/datagrams.ts";
import { until } from "../support/until.ts";
import { statusWith } from "./statuses.ts";

function statsdFor({ port }: Datagrams, options: Partial<StatsdOptions> = {}): Statsd {
  const onTrouble = (error: Error): void => assert.fail(error);
  return new Statsd({ host: "127.0.0.1", port, prefix: "", tags: "", onTrouble, ...options });
}

function answer(
  statsd: Statsd,
  statusCode: number | undefined,
  durationMilliseconds: number,
): void {
  const response = statusCode === undefined ? undefined : { statusCode };
  statsd.answered({ response, durationMilliseconds });
}

/** Of all datagrams. */
function linesOf({ text }: Datagrams): readonly string[] {
  return text.split("\n");
}

describe("statsd is told", () => {
  test("of requests, under gunicorn's names and in its format", async () => {
    await using datagrams = await Datagrams.listening();
    const statsd = statsdFor(datagrams);
    answer(statsd, 200, 12.3456);
    answer(statsd, 200, 7);
    answer(statsd, undefined, 1);
    await datagrams.said(/status\.499/m);
    await statsd.close();
    assert.deepEqual(linesOf(datagrams), [
      "gunicorn.request.duration:12.346|ms",
      "gunicorn.request.duration:7.000|ms",
      "gunicorn.request.duration:1.000|ms",
      "gunicorn.requests:3|c|@1.0",
      "gunicorn.request.status.200:2|c|@1.0",
      "gunicorn.request.status.499:1|c|@1.0",
    ]);
    assert.equal(datagrams.lines.length, 1);
  });

  test("of lines of the log that somebody should see, of tracebacks as exceptions", async () => {
    await using datagrams = await Datagrams.listening();
    const statsd = statsdFor(datagrams);
    statsd.logged("info", "Booting");
    statsd.logged("warning", "Refused");
    statsd.logged("error", "Worker (pid:7) was sent SIGSEGV\n");
    statsd.logged("error", "Error handling request GET /\nTraceback (most recent call last):\n");
    statsd.logged("critical", "WORKER TIMEOUT");
    await statsd.close();
    await datagrams.said(/log\.critical/m);
    assert.deepEqual(linesOf(datagrams), [
      "gunicorn.log.warning:1|c|@1.0",
      "gunicorn.log.error:1|c|@1.0",
      "gunicorn.log.exception:1|c|@1.0",
      "gunicorn.log.critical:1|c|@1.0",
    ]);
  });

  test("of the workers there are, and of all that waits for one", async () => {
    await using datagrams = await Datagrams.listening();
    const statsd = statsdFor(datagrams);
    const status = statusWith();
    const workers = { booting: 1, ready: 3 };
    const present = { ...status.present, workers, queued: 5, connections: { idle: 9, waiting: 2 } };
    statsd.workers({ ...status, present });
    statsd.backlog({ ...status, present }, 30);
    const serverWorkers = { stages: { ready: 2 }, endings: {}, silent: [] };
    statsd.workers({ ...status, present, serverWorkers });
    await datagrams.said(/workers:2/m);
    await statsd.close();
    assert.deepEqual(linesOf(datagrams), [
      "gunicorn.workers:4|g",
      "gunicorn.backlog:37|h",
      "gunicorn.workers:2|g",
    ]);
  });

  for (const prefix of ["shop.web", "shop.web."]) {
    test(`each name with the prefix ${prefix}, and with Datadog's tags`, async () => {
      await using datagrams = await Datagrams.listening();
      const statsd = statsdFor(datagrams, { prefix, tags: "env:live,team:shop" });
      answer(statsd, 204, 1);
      await datagrams.said(/204/m);
      await statsd.close();
      assert.deepEqual(linesOf(datagrams), [
        "shop.web.gunicorn.request.duration:1.000|ms|#env:live,team:shop",
        "shop.web.gunicorn.requests:1|c|@1.0|#env:live,team:shop",
        "shop.web.gunicorn.request.status.204:1|c|@1.0|#env:live,team:shop",
      ]);
    });
  }

  test("of many requests in few datagrams, none of them larger than a frame", async () => {
    await using datagrams = await Datagrams.listening();
    const statsd = statsdFor(datagrams);
    for (let at = 0; at < 500; at += 1) answer(statsd, 200, at);
    await datagrams.said(/^gunicorn\.requests:500\|c/m);
    await statsd.close();
    await until("all are there", () => linesOf(datagrams).length === 502);
    assert.ok(datagrams.lines.every(({ length }) => length <= 1_400));
    assert.ok(datagrams.lines.length < 20, `${datagrams.lines.length} datagrams`);
  });
});

test("a statsd server that cannot be found is told of once, and costs nothing else", async () => {
  const troubles: string[] = [];
  const statsd = new Statsd({
    ...{ host: "statsd.invalid", port: 8125, prefix: "", tags: "" },
    onTrouble: ({ message }) => troubles.push(message),
  });
  for (let at = 0; at < 200; at += 1) answer(statsd, 200, at);
  await until("it has been looked for", () => troubles.length > 0);
  for (let at = 0; at < 200; at += 1) answer(statsd, 200, at);
  await statsd.close();
  assert.equal(troubles.length, 1);
  assert.match(troubles[0] ?? "", /statsd\.invalid/);
});
