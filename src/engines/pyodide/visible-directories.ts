/** Which directories of the system an application on Pyodide sees, and where it looks for modules. */
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { InterpreterQuestion } from "../cpython/interpreter.ts";
import type { ResolvedPythonOptions } from "../cpython/python-options.ts";
import { LoadError } from "../errors.ts";
import { namesIn } from "./directory-entries.ts";
import { searchPathOf } from "./python-variables.ts";
import type { InterpreterSettings } from "./snapshot.ts";

type Places = Pick<InterpreterQuestion, "applicationDirectories" | "virtualEnv"> &
  Pick<ResolvedPythonOptions, "directory" | "pythonPath" | "mounts" | "sandbox"> & {
    readonly env: Readonly<Record<string, string>>;
  };

/** Where Pyodide has what it needs itself. */
export const ITS_OWN: readonly string[] = ["/", "/dev", "/lib", "/proc"];

type Visible = Pick<InterpreterSettings, "directories" | "searchPath" | "sitePackages">;

/** @throws {LoadError} one that is named cannot be seen */
export function visibleDirectories({
  applicationDirectories,
  virtualEnv,
  directory,
  pythonPath,
  mounts = [],
  sandbox,
  env,
}: Places): Visible {
  const places = [...applicationDirectories, directory];
  for (const place of places) mustBeVisible("the application", place);
  for (const mount of mounts) mustBeVisible("--mount", resolve(mount));
  const environments = applicationDirectories.flatMap((each) =>
    [".venv", "venv"].map((name) => join(each, name)),
  );
  const sitePackages = sitePackagesOf(virtualEnv ? [virtualEnv, ...environments] : environments);
  const searchPath = searchPathOf(env);
  // Not in a sandbox: an application that may write there could name any directory.
  const inPlace = sandbox === true ? [] : sitePackages.flatMap(namedByPathFiles);
  const named = [...pythonPath, ...mounts].map((path) => resolve(path));
  const all = [...places, ...named, ...searchPath, ...sitePackages, ...inPlace];
  return { directories: withLinked(all), searchPath, sitePackages };
}

function mustBeVisible(what: string, path: string): void {
  const problem = isDirectory(path)
    ? ITS_OWN.includes(path) &&
      "cannot be seen on Pyodide, which has its own; take a directory below"
    : "is not a directory";
  if (problem !== false) throw new LoadError(`${what}: ${path} ${problem}`, 2);
}

/** Of virtual environments: the first that is there. */
function sitePackagesOf(environments: readonly string[]): string[] {
  for (const environment of environments) {
    const lib = join(environment, "lib");
    const python = namesIn(lib).find((name) => name.startsWith("python3"));
    if (python !== undefined) return [join(lib, python, "site-packages")];
  }
  return [];
}

/** What `.pth` files name beside the packages, as an editable installation does; code and remarks lead nowhere. */
function namedByPathFiles(sitePackages: string): string[] {
  const files = namesIn(sitePackages).filter((name) => name.endsWith(".pth"));
  const lines = files.flatMap((name) => linesOf(join(sitePackages, name)));
  return lines.flatMap((line) => (line === "" ? [] : [resolve(sitePackages, line)]));
}

function linesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .map((line) => line.trim());
}

/** Before each that is reached by a link, the one that the link leads to: Python sees where it points. */
function withLinked(directories: readonly string[]): string[] {
  const there = directories.filter(isDirectory);
  return [...new Set(there.flatMap((directory) => [realpathSync(directory), directory]))];
}

function isDirectory(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
