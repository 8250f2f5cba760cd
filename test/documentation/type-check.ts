/** The types of examples, checked as strictly as their readers may have them checked. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { repositoryRoot } from "../support/python-environment.ts";
import type { ExampleFolder } from "./example-folder.ts";

const OPTIONS = {
  ...{ target: "es2023", lib: ["es2023", "esnext.disposable"], types: ["node"] },
  ...{ module: "nodenext", moduleResolution: "nodenext", noEmit: true, skipLibCheck: true },
  ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true },
  ...{ noImplicitOverride: true, noImplicitReturns: true, noFallthroughCasesInSwitch: true },
  ...{ noUnusedLocals: true, noUnusedParameters: true, verbatimModuleSyntax: true },
  ...{ allowImportingTsExtensions: true },
};

/** What is wrong, each with its line in its document; empty if nothing is. */
export function typeErrors({ path, examples }: ExampleFolder): string[] {
  const compilerOptions = {
    ...OPTIONS,
    typeRoots: [join(repositoryRoot, "node_modules", "@types")],
    paths: ownTypes(),
  };
  const files = examples.map((example) => relative(path, example.path));
  writeFileSync(join(path, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  const tsc = join(repositoryRoot, "node_modules", "typescript", "bin", "tsc");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [tsc, "-p", path, "--pretty", "false"],
    { encoding: "utf8", cwd: path },
  );
  if (status === 0) return [];
  return `${stdout}${stderr}`
    .trim()
    .split("\n")
    .map((line) => inDocument(line, path, examples));
}

/** Where package.json says that the types of this package are, for who has not installed it. */
function ownTypes(): Readonly<Record<string, readonly string[]>> {
  const text = readFileSync(join(repositoryRoot, "package.json"), "utf8");
  // This repository's own file.
  const { exports } = JSON.parse(text) as { exports: Record<string, { types?: string }> };
  return Object.fromEntries(
    Object.entries(exports).flatMap(([name, { types }]) =>
      types === undefined ? [] : [[`portico${name.slice(1)}`, [join(repositoryRoot, types)]]],
    ),
  );
}

/** `example3/app.ts(7,1): error …` as `docs/toolkit.md:120: error …`. */
function inDocument(line: string, path: string, examples: ExampleFolder["examples"]): string {
  const [, file = "", row = "", message = line] = /^(.*?)\((\d+),\d+\): (.*)$/.exec(line) ?? [];
  const example = examples.find((each) => relative(path, each.path) === file);
  if (example === undefined) return line;
  return `${example.document}:${example.code.line + Number(row) - 1}: ${message}`;
}
