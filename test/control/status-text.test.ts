import assert from "node:assert/strict";
import { test } from "node:test";
import { duration, groupText, statusText } from "../../src/control/status-text.ts";
import { serverStatus, worker } from "./controlled-server.ts";

const PAGE = { width: 100, isColoured: false };
const NOW = Date.parse("2026-11-21T12:00:00Z");

test("a duration has two units at most", () => {
  const shown = [0, 0.04, 1.25, 9.96, 10, 59.4, 60, 61, 3_600, 3_605, 90_061, 864_000];
  assert.deepEqual(shown.map(duration), [
    ...["0 s", "0 s", "1.3 s", "10 s", "10 s", "59 s", "1 min", "1 min 1 s"],
    ...["1 h", "1 h", "1 d 1 h", "10 d"],
  ]);
});

test("a status names the server, its traffic, what went wrong and its workers", () => {
  const status = serverStatus({
    uptime: 3_700,
    lastReload: { at: "2026-11-21T11:59:00Z", outcome: "failed", why: "no such module" },
    lastError: { at: "2026-11-21T11:59:30Z", text: "Reload failed" },
    silent: [4713],
    traffic: {
      ...{ answered: 1_000, serverErrors: 4, inFlight: 3, queued: 2, connections: {} },
      recent: [
        {
          ...{ seconds: 10.02, answered: 50, perSecond: 4.99 },
          durations: { p50: 0.00312, p90: 0.25, p99: 1.52 },
          queueTimes: { p50: 0, p90: 0, p99: 0 },
        },
      ],
    },
  });
  assert.equal(
    statusText(status, PAGE, NOW),
    `shop:app in /srv/shop, serving
http://127.0.0.1:8000; portico 1.2.3, pid 4711, up 1 h 1 min
requests: 3 in flight, 2 waiting; 1000 answered, 0.4 % of them with 5xx
in the last 10 s: 5.0 requests a second, p50 3.1 ms, p90 250 ms, p99 1.5 s
no answer from server worker 4713; what stands below is what they said last
last reload: failed, no such module (1 min ago)
last error: 30 s ago: Reload failed

Workers: 1 of 1 ready, generation 1
PID   STAGE   AGE  GEN  REQUESTS  BUSY  RSS  LAST ERROR
4712  ready  12 s    1         0     0    –  –
`,
  );
});

test("times of a server that nobody has asked are no numbers", () => {
  const none = { p50: null, p90: null, p99: null };
  const recent = [{ seconds: 10, answered: 0, perSecond: 0, durations: none, queueTimes: none }];
  const { traffic } = serverStatus();
  const text = statusText(serverStatus({ traffic: { ...traffic, recent } }), PAGE, NOW);
  assert.match(text, /^in the last 10 s: 0.0 requests a second, p50 –, p90 –, p99 –$/m);
});

test("workers stand below those whose they are, and a line is never wider than the page", () => {
  const lastError = { at: "2026-11-21T11:59:30Z", text: "x".repeat(100) };
  const group = {
    ...{ wanted: 2, generation: 3, isReloading: true },
    workers: [
      worker(10, { requests: 12_345, rss: 75 * 1024 ** 2, workers: [worker(11, { busy: 2 })] }),
      worker(20, { stage: "booting", age: null, generation: 3, lastError }),
    ],
  };
  const text = groupText(group, { ...PAGE, width: 72 }, NOW);
  assert.equal(
    text,
    `Workers: 1 of 2 ready, generation 3, reloading
PID   STAGE     AGE  GEN  REQUESTS  BUSY     RSS  LAST ERROR
10    ready    12 s    1     12345     0  75 MiB  –
  11  ready    12 s    1         0     2       –  –
20    booting     –    3         0     0       –  30 s ago: xxxxxxxxxxx…
`,
  );
});

test("what an error quotes cannot steer a terminal", () => {
  const at = "2026-11-21T11:59:30Z";
  const lastReload = { at, outcome: "failed", why: "\x1b[2J" } as const;
  const text = statusText(
    serverStatus({ lastError: { at, text: "\x1b]0;x\x07" }, lastReload }),
    PAGE,
  );
  assert.doesNotMatch(text.replaceAll("\n", ""), /[\x00-\x1f]/);
});

test("colours are for terminals", () => {
  assert.match(statusText(serverStatus(), { ...PAGE, isColoured: true }, NOW), /\x1b\[32mserving/);
});
