import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { MemoryCgroup } from "../../src/processes/memory-cgroup.ts";
import { OomWatch } from "../../src/processes/oom-watch.ts";

const directories: string[] = [];
after(() => {
  for (const directory of directories) rmSync(directory, { recursive: true });
});

/** A system's files, as far as they are asked for. */
function systemWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "portico-cgroup-"));
  directories.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const V2 = {
  "proc/self/mounts": "proc /proc proc rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n",
  "proc/self/cgroup": "0::/web/worker\n",
  "sys/fs/cgroup/web/memory.max": "536870912\n",
  "sys/fs/cgroup/web/worker/memory.max": "max\n",
  "sys/fs/cgroup/web/worker/memory.events": "low 0\noom 4\noom_kill 3\noom_group_kill 0\n",
};

const V1 = {
  "proc/self/mounts": "cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0\n",
  "proc/self/cgroup": "5:cpu,cpuacct:/\n4:memory:/docker/4711\n0::/\n",
  "sys/fs/cgroup/memory/docker/4711/memory.limit_in_bytes": "268435456\n",
  "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
  "sys/fs/cgroup/memory/docker/4711/memory.oom_control": "under_oom 0\noom_kill 2\n",
};

describe("the memory of a container", () => {
  test("is limited by the tightest group around it (version 2)", () => {
    assert.equal(MemoryCgroup.find(systemWith(V2))?.limit, 512 * 1024 ** 2);
  });

  test("has a count of kills (version 2)", () => {
    assert.equal(MemoryCgroup.find(systemWith(V2))?.oomKills, 3);
  });

  test("is limited and counted in version 1 too", () => {
    const group = MemoryCgroup.find(systemWith(V1));
    assert.equal(group?.limit, 256 * 1024 ** 2);
    assert.equal(group?.oomKills, 2);
  });

  test("is found where a container sees its own group alone, under the host's path", () => {
    const root = systemWith({
      ...{ "proc/self/mounts": V1["proc/self/mounts"], "proc/self/cgroup": "4:memory:/docker/1\n" },
      "sys/fs/cgroup/memory/memory.limit_in_bytes": "1048576\n",
      "sys/fs/cgroup/memory/memory.oom_control": "oom_kill 1\n",
    });
    assert.equal(MemoryCgroup.find(root)?.limit, 1024 ** 2);
  });

  test("has no limit where none is set", () => {
    const root = systemWith({ ...V2, "sys/fs/cgroup/web/memory.max": "max\n" });
    assert.equal(MemoryCgroup.find(root)?.limit, Number.POSITIVE_INFINITY);
  });

  test("is nobody's where the system has no such groups", () => {
    assert.equal(MemoryCgroup.find(systemWith({})), undefined);
  });
});

describe("a death by SIGKILL", () => {
  const eventsFile = "memory.events";

  test("is explained by a kill that was counted since the look before the last", () => {
    const counter = { oomKills: 3, eventsFile };
    const watch = new OomWatch(counter);
    counter.oomKills = 4;
    watch.look();
    assert.match(watch.explain() ?? "", /oom_kill is 4 in memory\.events, and was 3/);
  });

  test("is not explained by one that was counted before", () => {
    const counter = { oomKills: 3, eventsFile };
    const watch = new OomWatch(counter);
    counter.oomKills = 4;
    watch.look();
    watch.look();
    assert.equal(watch.explain(), undefined);
  });

  test("is explained once for each that was counted", () => {
    const counter = { oomKills: 3, eventsFile };
    const watch = new OomWatch(counter);
    counter.oomKills = 5;
    const explained = [watch.explain(), watch.explain(), watch.explain()];
    assert.deepEqual(
      explained.map((text) => text !== undefined),
      [true, true, false],
    );
  });

  test("is not explained by old ones, whose count could not be read meanwhile", () => {
    const counter = { oomKills: 3, eventsFile };
    const watch = new OomWatch(counter);
    counter.oomKills = 0;
    watch.look();
    watch.look();
    counter.oomKills = 3;
    assert.equal(watch.explain(), undefined);
  });

  test("is not explained where nobody counts", () => {
    assert.equal(new OomWatch(undefined).explain(), undefined);
  });
});
