/** What interpreters start from is kept, and what becomes of it never keeps a server from its start. */
import assert from "node:assert/strict";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { isWhole, readSealed, writeSealed } from "../../../src/engines/pyodide/sealed-file.ts";
import { PorticoRun } from "../../support/portico-run.ts";

const folder = mkdtempSync(join(tmpdir(), "portico-snapshot-"));
after(() => rmSync(folder, { recursive: true }));

writeFileSync(
  join(folder, "hello.py"),
  `def application(environ, start_response):
    start_response("200 OK", [])
    return [b"hello"]
`,
);

/** What a start says of the snapshot, which is in that folder. */
async function started(cache: string): Promise<readonly string[]> {
  await using run = await PorticoRun.serving({
    args: ["--bind", "127.0.0.1:0", "--engine", "pyodide", "hello.py"],
    cwd: folder,
    env: { XDG_CACHE_HOME: cache },
  });
  assert.equal((await run.get("/")).text, "hello");
  const lines = run.stderr.text.matchAll(/\[((?:INFO|WARNING)\] (?:Preparing|Each start).*)/g);
  return [...lines].map(([, line = ""]) => line.replaceAll(folder, ""));
}

test("a snapshot is made once; a damaged one is made anew, with one line in the log", async () => {
  const cache = join(folder, "cache");
  const [first = "", ...others] = await started(cache);
  assert.match(
    first,
    /^INFO\] Preparing Pyodide for this start and later ones: \/cache\/portico\//,
  );
  assert.deepEqual(others, []);
  assert.deepEqual(await started(cache), []);
  const [name = "", ...more] = readdirSync(join(cache, "portico"));
  assert.deepEqual(more, []);
  const path = join(cache, "portico", name);
  const whole = statSync(path).size;
  truncateSync(path, 15_000_000);
  assert.deepEqual(await started(cache), [
    `WARNING] Preparing Pyodide anew, for /cache/portico/${name} is damaged`,
  ]);
  assert.equal(statSync(path).size, whole);
});

test("where nothing can be kept, the server starts all the same, and says what that costs", async () => {
  const [, warning = ""] = await started(join(folder, "hello.py"));
  assert.match(warning, /^WARNING\] Each start of Pyodide takes seconds, .*ENOTDIR/);
});

describe("a sealed file", () => {
  const path = join(folder, "sealed");
  const content = Buffer.alloc(600_000, "sealed ");

  test("gives back what was written", () => {
    writeSealed(path, content);
    assert.ok(isWhole(path));
    assert.ok(content.equals(readSealed(path)));
  });

  for (const [fault, damage] of [
    ["is empty", () => Buffer.alloc(0)],
    ["lacks its end", (whole: Buffer) => whole.subarray(0, -1)],
    ["has its seal alone", (whole: Buffer) => whole.subarray(-4)],
    ["has grown", (whole: Buffer) => Buffer.concat([whole, whole])],
    ["has another byte", (whole: Buffer) => Buffer.from(whole).fill(1, 300_000, 300_001)],
  ] as const) {
    test(`that ${fault} is not whole`, () => {
      writeSealed(path, content);
      writeFileSync(path, damage(readFileSync(path)));
      assert.ok(!isWhole(path));
    });
  }
});
