/** The files of deploy/, judged by the programs that read them, where there are such. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { FLAGS } from "../../src/cli/flags.ts";
import { repositoryRoot } from "../support/python-environment.ts";

const DEPLOY = join(repositoryRoot, "deploy");

const analyze = spawnSync("systemd-analyze", ["--version"]).status === 0;
const skip = analyze ? false : "there is no systemd-analyze";

/** The units beside each other, with a program that there is. */
function copied(): { readonly directory: string } & Disposable {
  const directory = mkdtempSync(join(tmpdir(), "portico-units-"));
  for (const name of ["portico.service", "portico.socket"]) {
    const text = readFileSync(join(DEPLOY, name), "utf8");
    writeFileSync(join(directory, name), text.replace(/^ExecStart=\S+/m, "ExecStart=/bin/true"));
  }
  return { directory, [Symbol.dispose]: () => rmSync(directory, { recursive: true }) };
}

function judged(...args: readonly string[]): {
  readonly status: number | null;
  readonly text: string;
} {
  const { status, stdout, stderr } = spawnSync("systemd-analyze", args, { encoding: "utf8" });
  return { status, text: stdout + stderr };
}

describe("The units for systemd", { skip }, () => {
  test("are read without a complaint", () => {
    using units = copied();
    const names = ["portico.service", "portico.socket"].map((name) => join(units.directory, name));
    const { status, text } = judged("verify", ...names);
    // It complains of other units of the machine too.
    assert.doesNotMatch(text, /portico/);
    assert.equal(status, 0);
  });

  test("leave the service little that it does not need", () => {
    using units = copied();
    const file = join(units.directory, "portico.service");
    const { status, text } = judged("security", "--offline=yes", "--threshold=20", file);
    assert.equal(status, 0, text);
  });
});

test("the options in the units and in the Dockerfile are Portico's", () => {
  const service = /^ExecStart=(.*)$/m.exec(readFileSync(join(DEPLOY, "portico.service"), "utf8"));
  const image = /^CMD (.*)$/m.exec(readFileSync(join(DEPLOY, "Dockerfile"), "utf8"));
  for (const [, command = ""] of [service ?? [], image ?? []]) {
    const flags = command.match(/--[a-z-]+/g) ?? [];
    assert.ok(flags.length > 1, command);
    for (const flag of flags) assert.ok(FLAGS.has(flag), flag);
  }
});
