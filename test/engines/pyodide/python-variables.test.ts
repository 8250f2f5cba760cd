/** What Python's own environment variables, and `.pth` files, do to an interpreter. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { readAtBoot, searchPathOf } from "../../../src/engines/pyodide/python-variables.ts";
import { OnPyodide } from "./on-pyodide.ts";

/** Whoever runs the tests may have it set. */
const WRITING = { PYTHONDONTWRITEBYTECODE: "" };

test("PYTHONPATH is a list of directories, as seen from here", () => {
  const PYTHONPATH = ["/srv/lib", "", "lib"].join(delimiter);
  assert.deepEqual(searchPathOf({ PYTHONPATH }), ["/srv/lib", resolve("lib")]);
  assert.deepEqual(searchPathOf({}), []);
});

test("what Python reads once, while it starts, is known; a variable that is empty says nothing", () => {
  const env = { PYTHONOPTIMIZE: "2", PYTHONHASHSEED: "", PYTHONPATH: "/srv", HOME: "/root" };
  assert.deepEqual(readAtBoot(env), { PYTHONOPTIMIZE: "2" });
});

describe("on Pyodide", () => {
  let outside: string;

  before(() => {
    outside = mkdtempSync(join(tmpdir(), "portico-search-path-"));
    writeFileSync(join(outside, "shared.py"), 'TEXT = "from outside"');
    writeFileSync(join(outside, "this.py"), 'TEXT = "not the library\'s"');
  });

  after(() => rmSync(outside, { recursive: true }));

  test("PYTHONPATH leads to modules, wherever the application is imported from", async () => {
    const PYTHONPATH = [outside, "/nowhere"].join(delimiter);
    await using found = await OnPyodide.start("search_path", { env: { ...WRITING, PYTHONPATH } });
    assert.equal(await found.text("/shared"), "from outside");
    assert.equal(await found.text("/this"), "not the library's");
    assert.equal(await found.text("/"), `0 False ${PYTHONPATH}`);
  });

  test("what only a start can settle is settled, although others start from a snapshot", async () => {
    const env = { PYTHONOPTIMIZE: "1", PYTHONDONTWRITEBYTECODE: "1" };
    await using settled = await OnPyodide.start("search_path", { env });
    assert.equal(await settled.text("/"), "1 True None");
    await using other = await OnPyodide.start("search_path", { env: WRITING });
    assert.equal(await other.text("/"), "0 False None");
  });

  test("a package that is installed in place is seen through its .pth file, but not in a sandbox", async () => {
    const file = ".venv/lib/python3.14/site-packages/in_place.pth";
    const files = { [file]: `# a remark\n\n${outside}\n` };
    await using found = await OnPyodide.start("search_path", {}, files);
    assert.equal(await found.text("/shared"), "from outside");
    await using kept = await OnPyodide.start("search_path", { sandbox: true }, files);
    assert.equal((await kept.ask("/shared")).status, 500);
    assert.match(kept.log.text, /ModuleNotFoundError: No module named 'shared'/);
  });
});
