import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { test } from "node:test";
import { judgeFinding, requestFinding, writeFinding } from "./findings.ts";
import { minimise } from "./minimise.ts";

test("a failing text loses whatever it fails without", () => {
  const text = `${"a".repeat(500)}X${"b".repeat(300)}Y${"c".repeat(200)}`;
  assert.equal(
    minimise(text, (shorter) => /X.*Y/.test(shorter)),
    "XY",
  );
});

test("an input that fails only now and then is kept as it is", () => {
  assert.equal(
    minimise("abc", () => false),
    "abc",
  );
});

test("a finding is written to a file from which it can be judged again", () => {
  const meant = [
    { method: "GET", target: "/", version: "HTTP/1.1", fields: [], body: "" } as const,
  ];
  const input = { text: "no request\r\n", limits: "default", before: "" } as const;
  const found = { oracle: "readsWhatWasMeant", error: new Error("not read"), input, meant };
  const path = writeFinding(requestFinding(found, 4_294_967_296));
  try {
    assert.equal(judgeFinding(path)?.oracle, "readsWhatWasMeant");
  } finally {
    rmSync(path);
  }
});

test("an input that is never done with is written, and ends the process", () => {
  const watch = JSON.stringify(new URL("./hang-watch.js", import.meta.url).href);
  const program = `
    const { HangWatch } = await import(${watch});
    new HangWatch(4294967297, 50).begins({ text: "never", before: "", limits: "small" });
    for (;;);
  `;
  const { signal, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
    timeout: 20_000,
  });
  const path = /wrote (\S+)/.exec(stderr)?.[1] ?? "";
  try {
    assert.equal(signal, "SIGKILL");
    assert.ok(existsSync(path), stderr);
    assert.equal(judgeFinding(path), undefined);
  } finally {
    rmSync(path, { force: true });
  }
});
