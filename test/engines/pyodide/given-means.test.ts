/** What Python has from Node.js does as CPython's own: keys from passwords, event loops, sleep. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import type { PythonOptions } from "../../../src/engines/cpython/python-options.ts";
import { pythonProgram, repositoryRoot } from "../../support/python-environment.ts";
import { OnPyodide } from "./on-pyodide.ts";

type Answers = Readonly<Record<string, unknown>>;

const folder = join(repositoryRoot, "test", "engines", "pyodide");

const NO_ZONES = existsSync("/usr/share/zoneinfo/Europe/Berlin") ? false : "this system has none";

/** RFC 6070 §2 and RFC 7914 §11 and §12. */
const VECTORS: Answers = {
  "1 iteration": "0c60c80f961f0e71f3a9b524af6012062fe037a6",
  "2 iterations": "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957",
  "4096 iterations": "4b007901b765489abead49d926f721d065a429c1",
  long: "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038",
  zeros: "56fa6aa75548099dcc37d7f03425e0c3",
  "pbkdf2 80000":
    "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d",
  "scrypt empty":
    "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906",
  "scrypt parallel":
    "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640",
  "scrypt sodium":
    "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887",
};

async function start(options: PythonOptions = {}): Promise<OnPyodide> {
  return await OnPyodide.start("given_means", { pythonPath: [folder], ...options });
}

async function onCPython(): Promise<Record<string, Answers>> {
  const run = promisify(execFile);
  const { stdout } = await run(pythonProgram("python"), ["-B", join(folder, "given_means.py")]);
  return JSON.parse(stdout) as Record<string, Answers>;
}

describe("on Pyodide", () => {
  for (const sandbox of [false, true]) {
    test(`keys and coroutines come out as on CPython${sandbox ? ", in a sandbox, too" : ""}`, async () => {
      await using given = await start({ sandbox });
      const expected = await onCPython();
      for (const table of ["keys", "coroutines"]) {
        const answers = JSON.parse(await given.text(`/${table}`)) as Answers;
        assert.deepEqual(answers, expected[table]);
        if (table !== "keys") continue;
        for (const [name, key] of Object.entries(VECTORS)) assert.equal(answers[name], key, name);
      }
    });
  }

  for (const path of ["sleep", "sleep-in-loop", "wait-in-loop"]) {
    test(`/${path} ends when its time is over, and its interpreter goes on`, async () => {
      await using given = await start({ timeout: 1 });
      assert.equal((await given.ask(`/${path}`)).status, 504);
      await given.log.said(/INFO Worker \(thread:\d+\) goes on: GET/);
      assert.equal(await given.text("/count"), "2");
    });
  }

  for (const path of ["doze", "doze-in-loop"]) {
    test(`/${path} takes a second, and next to no processor time`, async () => {
      await using given = await start();
      await given.text("/count");
      const before = process.cpuUsage();
      const asked = performance.now();
      assert.equal(await given.text(`/${path}`), "null");
      const { user, system } = process.cpuUsage(before);
      assert.ok(performance.now() - asked > 990);
      assert.ok(user + system < 500_000, `${user + system} microseconds`);
    });
  }

  for (const sandbox of [false, true]) {
    const where = sandbox ? "in a sandbox" : "out of a sandbox";
    test(`the system's time zones are there ${where}`, { skip: NO_ZONES }, async () => {
      await using given = await start({ sandbox });
      assert.equal(await given.text("/zone"), '"2024-07-01T00:00:00+02:00"');
    });
  }
});
