import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DRAIN_SETTINGS, healthPaths } from "../../src/cli/drain-settings.ts";

const NONE = { drainDelay: 0, healthPath: undefined, readyPath: undefined };

describe("a health path", () => {
  test("is one without query or fragment, from the root", () => {
    const { type } = DRAIN_SETTINGS.healthPath;
    for (const path of ["/", "/-/healthz", "/a%20b"]) {
      assert.equal(type.read([path], "--health-path"), path);
    }
    for (const text of ["", "healthz", "/a?b", "/a#b", "/a b", "http://x/a"]) {
      assert.throws(
        () => type.read([text], "--health-path"),
        /^SettingError: --health-path: .* is no path/,
      );
    }
  });

  test("is answered only where it is given", () => {
    assert.deepEqual(healthPaths(NONE), {});
    assert.deepEqual(healthPaths({ ...NONE, readyPath: "/r" }), { health: { readyPath: "/r" } });
    assert.deepEqual(healthPaths({ ...NONE, healthPath: "/h", readyPath: "/r" }), {
      health: { path: "/h", readyPath: "/r" },
    });
  });

  test("cannot be the path of readiness too", () => {
    assert.throws(() => healthPaths({ ...NONE, healthPath: "/x", readyPath: "/x" }), {
      message: /^--health-path and --ready-path are both \/x: /,
      exitCode: 2,
    });
  });
});
