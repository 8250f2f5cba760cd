import assert from "node:assert/strict";
import { test } from "node:test";
import { FaultLog } from "../../../src/frontends/http1/fault-log.ts";
import { RemoteProtocolError } from "../../../src/http/errors.ts";

function keptLog(): { lines: string[]; faults: FaultLog } {
  const lines: string[] = [];
  return { lines, faults: new FaultLog({ warning: (line) => lines.push(line) }) };
}

const NO_HOST = new RemoteProtocolError("no-host");
const SLOW_HEAD = new RemoteProtocolError("slow-head");

test("a refused client is a line with its address, the status and the reason", () => {
  const { lines, faults } = keptLog();
  faults.refused("192.0.2.1", NO_HOST);
  faults.refused(undefined, NO_HOST);
  assert.deepEqual(lines, [
    "Refused 192.0.2.1 with 400: no Host",
    "Refused a Unix socket with 400: no Host",
  ]);
});

test("many refused clients of one second are twenty lines and a sum", () => {
  const { lines, faults } = keptLog();
  faults.tick(10_000);
  for (let count = 0; count < 1_000; count += 1) faults.refused("192.0.2.1", SLOW_HEAD);
  for (let count = 0; count < 3; count += 1) faults.refused("192.0.2.1", NO_HOST);
  faults.tick(10_999);
  assert.equal(lines.length, 20);
  faults.tick(11_000);
  assert.deepEqual(lines.slice(20), [
    "Refused more clients in this second: 980 with 408, 3 with 400",
  ]);
});

test("a client that is cut off is told of as one that has had no refusal", () => {
  const { lines, faults } = keptLog();
  faults.cut("192.0.2.1", "it does not read");
  for (let count = 0; count < 21; count += 1) faults.cut("192.0.2.1", "it does not read");
  faults.sumUp();
  assert.equal(lines[0], "Cut off 192.0.2.1: it does not read");
  assert.equal(lines.at(-1), "Refused more clients in this second: 2 cut off");
});

test("each second has its own lines, and one without faults has none", () => {
  const { lines, faults } = keptLog();
  for (let second = 1; second <= 3; second += 1) {
    for (let count = 0; count < 20; count += 1) faults.refused("192.0.2.1", NO_HOST);
    faults.tick(second * 1000);
  }
  assert.equal(lines.length, 60);
});
