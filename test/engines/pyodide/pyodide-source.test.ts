import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { LoadError } from "../../../src/engines/errors.ts";
import { findPyodide } from "../../../src/engines/pyodide/pyodide-source.ts";
import { repositoryRoot } from "../../support/python-environment.ts";
import { RecordedLog } from "../../support/recorded-log.ts";

const directory = mkdtempSync(join(tmpdir(), "portico-pyodide-source-"));
after(() => rmSync(directory, { recursive: true }));

type Choices = { readonly mounts?: string[]; readonly sandbox?: boolean };

const find = (
  directory: string,
  files: "read-write" | "read-only",
  { mounts = [], sandbox = true }: Choices = {},
) =>
  findPyodide(
    {
      applicationDirectories: [directory],
      workingDirectory: directory,
      python: undefined,
      virtualEnv: undefined,
    },
    { directory, pythonPath: [], env: {}, sandbox, files, mounts, log: new RecordedLog() },
  );

test("a sandbox is not made of a package that the application brings", async () => {
  const own = join(directory, "node_modules", "pyodide");
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "package.json"), '{ "version": "0.0.0" }');
  writeFileSync(join(own, "pyodide.mjs"), "process.exit(9);");
  const { reason } = await find(directory, "read-write");
  assert.notEqual(reason, own);
});

test("a Pyodide of another interface is refused, with the one that Portico is made for", async () => {
  const own = join(directory, "older", "node_modules", "pyodide");
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "package.json"), '{ "version": "0.29.1" }');
  const { peerDependencies } = JSON.parse(
    readFileSync(join(repositoryRoot, "package.json"), "utf8"),
  ) as { readonly peerDependencies: Readonly<Record<string, string>> };
  const [, major] = /^>=(\d+)\.0\.0 <\d+$/.exec(peerDependencies.pyodide ?? "") ?? [];
  await assert.rejects(find(join(directory, "older"), "read-write", { sandbox: false }), {
    name: "LoadError",
    message: `Portico works with pyodide ${major}, and ${own} has 0.29.1; npm install pyodide@${major}`,
  });
});

test("an application that could change what its sandbox is made of is refused, unless it may change nothing", async () => {
  for (const above of [repositoryRoot, dirname(repositoryRoot)]) {
    await assert.rejects(find(above, "read-write"), (error: unknown) => {
      assert.ok(error instanceof LoadError);
      assert.match(error.message, /could change .*give --files read-only/);
      return true;
    });
    // What else may be wrong with a checkout is not the matter here.
    await find(above, "read-only").catch((error: Error) => {
      assert.doesNotMatch(error.message, /could change/);
    });
  }
});

test("an application that could change what the server is started by is refused, where that is a link", async (t) => {
  const own = mkdtempSync(join(tmpdir(), "portico-started-"));
  const [, started = ""] = process.argv;
  t.after(() => {
    process.argv[1] = started;
    rmSync(own, { recursive: true });
  });
  await find(own, "read-write");
  const folder = join(own, "portico");
  symlinkSync(join(repositoryRoot, "bin"), folder);
  const command = join(own, "command");
  symlinkSync(join(repositoryRoot, "bin", "portico.mjs"), command);
  for (const path of [command, join(folder, "portico.mjs")]) {
    process.argv[1] = path;
    await assert.rejects(find(own, "read-write"), { message: new RegExp(`could change ${path}`) });
  }
  rmSync(folder);
  await find(own, "read-only");
});

test("what is named and cannot be seen is refused before anything is installed", async () => {
  for (const [mount, why] of [
    [join(directory, "nowhere"), "is not a directory"],
    ["/proc", "cannot be seen on Pyodide, which has its own; take a directory below"],
  ] as const)
    await assert.rejects(find(directory, "read-only", { mounts: [mount] }), {
      name: "LoadError",
      message: `--mount: ${mount} ${why}`,
    });
  await assert.rejects(find("/", "read-only"), {
    name: "LoadError",
    message: /^the application: \/ cannot be seen on Pyodide/,
  });
});
