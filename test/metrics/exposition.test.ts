import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { expose } from "../../src/metrics/exposition.ts";
import { FAMILIES } from "../../src/metrics/families.ts";
import { BOUNDS } from "../../src/stats/histogram.ts";
import { statusWith } from "./statuses.ts";

const PROMETHEUS =
  "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3";

async function linesOf(...parameters: Parameters<typeof expose>): Promise<readonly string[]> {
  const { text } = await expose(...parameters);
  return text.split("\n");
}

describe("metrics as text", () => {
  test("have a help, a type and a value for each metric", async () => {
    const lines = await linesOf(statusWith(), "");
    for (const { name, type } of FAMILIES) {
      assert.ok(
        lines.some((line) => line.startsWith(`# HELP ${name} `)),
        name,
      );
      assert.ok(lines.includes(`# TYPE ${name} ${type}`), name);
    }
  });

  test("count requests by method and status", async () => {
    const lines = await linesOf(statusWith({ answered: { "GET 200": 7, "other 501": 1 } }), "");
    assert.ok(lines.includes('portico_requests_total{method="GET",status="200"} 7'));
    assert.ok(lines.includes('portico_requests_total{method="other",status="501"} 1'));
  });

  test("have buckets that hold those below them, and their sum and count", async () => {
    const lines = await linesOf(statusWith({ durations: [0.02, 0.02, 3, 1_000] }), "");
    const bucket = (le: string): string | undefined =>
      lines.find((line) => line.startsWith(`portico_request_duration_seconds_bucket{le="${le}"}`));
    assert.match(bucket("0.01") ?? "", / 0$/);
    assert.match(bucket("0.025") ?? "", / 2$/);
    assert.match(bucket("5") ?? "", / 3$/);
    assert.match(bucket(String(BOUNDS.at(-1))) ?? "", / 3$/);
    assert.match(bucket("+Inf") ?? "", / 4$/);
    assert.ok(lines.includes("portico_request_duration_seconds_sum 1003.04"));
    assert.ok(lines.includes("portico_request_duration_seconds_count 4"));
  });

  test("are in OpenMetrics for a client that likes it better", async () => {
    const { contentType, text } = await expose(
      statusWith({ answered: { "GET 200": 7 } }),
      PROMETHEUS,
    );
    assert.equal(contentType, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert.match(text, /^# TYPE portico_requests counter\n/m);
    assert.match(text, /^portico_requests_total\{method="GET",status="200"\} 7$/m);
    assert.match(text, /\n# EOF\n$/);
  });

  for (const accept of ["", "*/*", "text/plain", "application/openmetrics-text;q=0.1,text/plain"]) {
    test(`are in Prometheus' own format for a client that accepts "${accept}"`, async () => {
      const { contentType, text } = await expose(statusWith(), accept);
      assert.equal(contentType, "text/plain; version=0.0.4; charset=utf-8");
      assert.match(text, /^# TYPE portico_requests_total counter$/m);
    });
  }

  test("tell which server workers kept silent, and of both kinds of workers", async () => {
    const serverWorkers = { stages: { ready: 2 }, endings: { oom: 3 }, silent: [77] };
    const lines = await linesOf({ ...statusWith(), serverWorkers }, "");
    assert.ok(lines.includes("portico_server_workers_silent 1"));
    assert.ok(lines.includes('portico_workers{kind="server",state="ready"} 2'));
    assert.ok(lines.includes('portico_worker_restarts_total{kind="server",cause="oom"} 3'));
  });

  test("leave out memory that the system does not tell", async () => {
    const processes = [
      { role: "server", pid: 7, memory: 4096 },
      { role: "application worker", pid: 8, memory: 0 },
    ] as const;
    const { text } = await expose({ ...statusWith(), processes }, "");
    assert.deepEqual(text.match(/^portico_resident_memory_bytes.*$/gm), [
      'portico_resident_memory_bytes{process="server",pid="7"} 4096',
    ]);
  });
});

test("the name of a metric says its unit and kind as Prometheus wants it", () => {
  for (const { name, type } of FAMILIES) {
    assert.match(name, /^portico_[a-z_]+$/);
    assert.equal(name.endsWith("_total"), type === "counter", name);
  }
});
