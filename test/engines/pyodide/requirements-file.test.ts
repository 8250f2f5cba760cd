/** What a requirements file may say, and how an index and a lock are asked. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { holdLock } from "../../../src/engines/pyodide/install-lock.ts";
import { fetchWheel, indexOf } from "../../../src/engines/pyodide/package-index.ts";
import { readRequirements } from "../../../src/engines/pyodide/requirements-file.ts";

describe("with a folder", () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "portico-requirements-file-"));
  });

  after(() => rmSync(folder, { recursive: true }));

  function read(text: string): string[] {
    const path = join(folder, "requirements.txt");
    writeFileSync(path, text);
    return readRequirements(path).map(
      (each) => `${each.where.slice(folder.length + 1)} ${each.text}`,
    );
  }

  test("a requirements file has comments, joined lines and other files", () => {
    mkdirSync(join(folder, "more"), { recursive: true });
    writeFileSync(join(folder, "more", "base.txt"), "click>=8 # the newest");
    const text = [
      "\ufeff# what the shop needs",
      "",
      "flask[dotenv] \\\r",
      "  >=3 ; python_version > '3.9'\r",
      "-r more/base.txt",
      "shop @ https://example.org/shop-1.0-py3-none-any.whl#sha256=abc",
    ];
    assert.deepEqual(read(text.join("\n")), [
      "requirements.txt:3 flask[dotenv]   >=3 ; python_version > '3.9'",
      "more/base.txt:1 click>=8",
      "requirements.txt:6 shop @ https://example.org/shop-1.0-py3-none-any.whl#sha256=abc",
    ]);
  });

  for (const [line, option] of [
    ["-e .", "-e"],
    ["--index-url https://example.org", "--index-url"],
    ["flask==3.1.3 --hash=sha256:abc", "--hash"],
    ["-c constraints.txt", "-c"],
  ] as const) {
    test(`${option} is refused with its line`, () => {
      assert.throws(() => read(`# one\n${line}\n`), {
        name: "LoadError",
        message: new RegExp(`requirements\\.txt:2: ${option} is not for Pyodide; what can stand`),
      });
    });
  }

  test("a file that is missing, and one that names itself, are refused", () => {
    assert.throws(() => readRequirements(join(folder, "none.txt")), /--requirements: ENOENT/);
    assert.throws(() => read("-r requirements.txt"), /requirements\.txt names itself with -r/);
  });

  test("a lock whose process has ended is taken over, and given back", async () => {
    const path = join(folder, "lock");
    writeFileSync(path, String(spawnSync("true").pid));
    const held = await holdLock(path, AbortSignal.timeout(5000));
    await assert.rejects(holdLock(path, AbortSignal.timeout(50)), { name: "AbortError" });
    held[Symbol.dispose]();
    assert.ok(!existsSync(path));
  });
});

test("an index of HTML is read as one of JSON is, and its hash counts", async () => {
  const wheel = "words-1.0-py3-none-any.whl";
  const hash = "0".repeat(64);
  await using server = createServer(({ url }, response) => {
    if (url !== "/simple/words/") return response.end("a wheel");
    response.setHeader("Content-Type", "text/html");
    return response.end(
      `<a href="../../files/${wheel}">${wheel}</a><a href="../x#sha256=${hash}">other.whl</a>`,
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const index = `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`;
  const signal = AbortSignal.timeout(10_000);
  const fetched = (name: string): Promise<Uint8Array> => fetchWheel(index, "words", name, signal);
  assert.equal(Buffer.from(await fetched(wheel)).toString(), "a wheel");
  await assert.rejects(fetched("other.whl"), /its SHA-256 differs$/);
  await assert.rejects(fetched("none.whl"), /\/words\/ has no none\.whl$/);
});

test("the index is PyPI, or what PIP_INDEX_URL says without a password", () => {
  assert.equal(indexOf({}), "https://pypi.org/simple");
  assert.equal(
    indexOf({ PIP_INDEX_URL: "http://localhost:3141/own/" }),
    "http://localhost:3141/own",
  );
  assert.throws(() => indexOf({ PIP_INDEX_URL: "/srv/wheels" }), /no http or https URL/);
  const secret = { PIP_INDEX_URL: "https://me:hidden@example.org/simple" };
  assert.throws(() => indexOf(secret), /^(?!.*hidden).*password/);
});
