import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { mustHoldNoLinkOut } from "../../../src/engines/pyodide/links-out.ts";

/** Where the link lies, where it leads, and whether it is a way out for one that may write, and for one that may only read. */
const LINKS: readonly (readonly [link: string, target: string, write: boolean, read: boolean])[] = [
  ["up", "..", true, true],
  ["beside", "../beside", true, true],
  ["lib64", "lib", false, false],
  ["a/same", "b", false, false],
  ["a/b/similar", "../../a/c", true, true],
  ["a/b/higher", "../../lib", true, true],
  ["a/b/root", "../..", true, true],
  ["down", "a/b", false, false],
  ["absolute", "APPLICATION/a/b", true, false],
  ["python", "/bin/sh", false, false],
  ["a/b/file", "../../file", true, false],
  ["a/b/nothing", "../../nothing", true, false],
  ["a/b/elsewhere", "/nowhere", false, false],
  ["a/b/to-mount", "MOUNT", true, true],
  ["to-mount", "MOUNT/deep", true, false],
];

for (const [link, target, write, read] of LINKS) {
  test(`a link ${link} to ${target}`, (t) => {
    const outside = realpathSync(mkdtempSync(join(tmpdir(), "portico-links-")));
    t.after(() => rmSync(outside, { recursive: true }));
    const [application, mount] = [join(outside, "application"), join(outside, "mount")];
    for (const path of [
      "beside",
      "application/a/b",
      "application/a/c",
      "application/lib",
      "mount/deep",
    ])
      mkdirSync(join(outside, path), { recursive: true });
    writeFileSync(join(application, "file"), "");
    const leadsTo = target.replace("APPLICATION", application).replace("MOUNT", mount);
    symlinkSync(leadsTo, join(application, link));
    for (const [files, isOut] of [
      ["read-write", write],
      ["read-only", read],
    ] as const) {
      const check = (): void => mustHoldNoLinkOut([application, mount], files);
      if (isOut)
        assert.throws(check, { name: "LoadError", message: new RegExp(`${link} is a symbolic`) });
      else check();
    }
  });
}
