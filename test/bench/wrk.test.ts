/** What wrk is asked for, and what is read from its report. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  measurementOf,
  readWrkReport,
  type WrkReport,
  wrkArguments,
} from "../../bench/loads/wrk.ts";
import type { Exchange } from "../../peers/exchange.ts";

const PRINTED = `Running 2s test @ http://127.0.0.1:8000/
  1 threads and 20 connections
  1000 requests in 2.00s, 200.00KB read
Requests/sec:    500.00
report {"requests":1000,"microseconds":2000000,"bytes":200000,"errors":3,"refused":0,"mean":20000.000,"p50":500.000,"p99":1500.000,"p999":9000.000}
`;

const HELLO: Exchange = { path: "/", body: "Hello World\n" };

function measured(changes: Partial<WrkReport>, exchange: Exchange = HELLO) {
  const report = { ...readWrkReport(PRINTED), ...changes };
  return measurementOf(report, { exchange, connections: 20, cpuSeconds: 0.5 });
}

describe("a report of wrk", () => {
  test("becomes a measurement in seconds", () => {
    assert.deepEqual(measured({}), {
      requestsPerSecond: 500,
      bytesPerSecond: 100_000,
      cpuSecondsPerRequest: 0.0005,
      p50: 0.0005,
      p99: 0.0015,
      p999: 0.009,
      connectionsServed: 10,
      errors: 3,
    });
  });

  test("tells of no more connections than there are", () => {
    assert.equal(measured({ mean: 90_000 }).connectionsServed, 20);
  });

  test("counts the bytes of uploads, which are more than those of the answers", () => {
    const upload = { ...HELLO, method: "POST", sentBytes: 1_000_000 };
    assert.equal(measured({}, upload).bytesPerSecond, 500_000_000);
  });

  test("counts the parts of large answers that did not end in time", () => {
    const stream = { path: "/", body: { piece: Buffer.alloc(1_000_000), times: 10 } };
    const measurement = measured({ requests: 0, bytes: 25_000_000 }, stream);
    assert.equal(measurement.requestsPerSecond, 1.25);
    assert.equal(measurement.cpuSecondsPerRequest, 0.2);
  });

  test("counts no request that was answered with an error", () => {
    const { requestsPerSecond, cpuSecondsPerRequest, bytesPerSecond } = measured(
      { errors: 800, refused: 800 },
      { ...HELLO, method: "POST", sentBytes: 1_000_000 },
    );
    assert.equal(requestsPerSecond, 100);
    assert.equal(cpuSecondsPerRequest, 0.0025);
    assert.equal(bytesPerSecond, 100_000_000);
    assert.throws(
      () => measured({ errors: 1000, refused: 1000 }),
      /every request .* with an error/,
    );
  });

  test("of a server that answered nothing is refused", () => {
    assert.throws(() => measured({ requests: 0, bytes: 0 }), /answered nothing/);
  });

  test("that is missing is told of with what was printed", () => {
    assert.throws(() => readWrkReport("unable to connect"), /no report:\nunable to connect/);
  });
});

test("wrk is given the header fields, the method and the size of the body", () => {
  const exchange = { ...HELLO, method: "POST", headers: { Cookie: "a=b" }, sentBytes: 10 };
  assert.deepEqual(wrkArguments("http://127.0.0.1:1/", exchange).slice(2), [
    ...["-H", "Cookie: a=b", "http://127.0.0.1:1/"],
    ...["--", "POST", "10"],
  ]);
});
