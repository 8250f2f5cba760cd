import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Launch, Starter } from "../../src/cli/launch.ts";
import type { Assignments } from "../../src/cli/notifier.ts";
import { ServiceManager, watchdogInterval } from "../../src/cli/service-manager.ts";

interface Told {
  readonly manager: ServiceManager;
  readonly messages: Assignments[];
}

function managed(starter?: Starter, successor?: number): Told {
  const messages: Assignments[] = [];
  const launch: Launch = { directory: "/", env: {}, starter, sockets: [] };
  const tell = (assignments: Assignments): Promise<void> => {
    messages.push(assignments);
    return Promise.resolve();
  };
  const manager = new ServiceManager({
    ...{ launch, tell, gracefulTimeout: 30 },
    successor: () => successor,
  });
  return { manager, messages };
}

describe("A service manager is told", () => {
  test("that the server is ready, which process it is and where it serves", () => {
    const { manager, messages } = managed();
    manager.listening([{ kind: "tcp", host: "127.0.0.1", port: 80 }]);
    manager.ready();
    assert.deepEqual(messages, [
      { STATUS: "Loading the application" },
      { READY: 1, MAINPID: process.pid, STATUS: "Serving at http://127.0.0.1:80" },
    ]);
  });

  test("of a reload by the clock that systemd compares with, and of its end, also a bad one", () => {
    const { manager, messages } = managed();
    const before = process.hrtime.bigint() / 1000n;
    manager.reloading();
    manager.reloaded({ kind: "failed", why: "no such module" });
    const [began, ended] = messages;
    assert.equal(began?.RELOADING, 1);
    assert.ok(BigInt(began.MONOTONIC_USEC ?? 0) >= before);
    assert.deepEqual(ended, { READY: 1, STATUS: "; not reloaded: no such module" });
  });

  test("that it stops, and how long that may take", async () => {
    const { manager, messages } = managed();
    await manager.stopping();
    const longest = 35_000_000;
    const STATUS = "Finishing requests";
    assert.deepEqual(messages, [{ STOPPING: 1, EXTEND_TIMEOUT_USEC: longest, STATUS }]);
  });

  test("at the end of a server that has a successor only which process that is", async () => {
    const { manager, messages } = managed(undefined, 17);
    await manager.stopping();
    assert.deepEqual(messages, [{ MAINPID: 17 }]);
  });

  test("of a successor's readiness, and not that it is the service already", () => {
    const { manager, messages } = managed({ kind: "predecessor", pid: 1, sockets: [] });
    manager.ready();
    assert.deepEqual(messages, [{ READY: 1, STATUS: "" }]);
  });
});

test("signs of life come twice in the time in which one is expected, if they are expected of this process", () => {
  assert.equal(watchdogInterval({ WATCHDOG_USEC: "30000000" }, 17), 15_000);
  assert.equal(watchdogInterval({ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "17" }, 17), 15_000);
  assert.equal(watchdogInterval({ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "1" }, 17), undefined);
  assert.equal(watchdogInterval({ WATCHDOG_USEC: "soon" }, 17), undefined);
  assert.equal(watchdogInterval({ WATCHDOG_USEC: "0" }, 17), undefined);
  assert.equal(watchdogInterval({}, 17), undefined);
});
