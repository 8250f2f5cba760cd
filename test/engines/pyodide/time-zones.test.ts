import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readTimeZones } from "../../../src/engines/pyodide/time-zones.ts";

test("time zones are files that say so, wherever links lead, under the names that people use", () => {
  const directory = mkdtempSync(join(tmpdir(), "portico-time-zones-"));
  try {
    for (const name of ["Europe", "posix", "right"]) mkdirSync(join(directory, name));
    writeFileSync(join(directory, "UTC"), "TZif2 utc");
    writeFileSync(join(directory, "zone.tab"), "# no zone");
    writeFileSync(join(directory, "huge"), `TZif2${"x".repeat(70_000)}`);
    writeFileSync(join(directory, "Europe", "Berlin"), "TZif2 berlin");
    writeFileSync(join(directory, "posix", "UTC"), "TZif2 utc");
    symlinkSync("Berlin", join(directory, "Europe", "Kreuzberg"));
    symlinkSync("nowhere", join(directory, "Europe", "Nowhere"));
    symlinkSync("../Europe", join(directory, "right", "Europe"));
    const berlin = Buffer.from("TZif2 berlin").toString("base64");
    assert.deepEqual(readTimeZones(directory), {
      UTC: Buffer.from("TZif2 utc").toString("base64"),
      "Europe/Berlin": berlin,
      "Europe/Kreuzberg": berlin,
    });
    assert.deepEqual(readTimeZones(join(directory, "none")), {});
  } finally {
    rmSync(directory, { recursive: true });
  }
});
