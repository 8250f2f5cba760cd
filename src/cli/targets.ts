/** What a TARGET on the command line is: a Python application or a TypeScript or JavaScript module. */
import { accessSync, constants, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { shown } from "../log/escapes.ts";
import { TargetError } from "./errors.ts";

export type Target =
  | {
      readonly kind: "python";
      /** As typed: `module`, `module:attribute`, `module:factory("literal")`, or a file in place of the module. */
      readonly target: string;
      /** The file, if the target names one. */
      readonly path?: string;
    }
  | { readonly kind: "javascript"; readonly path: string; readonly exportName?: string };

const JAVASCRIPT = /^([^:()]+\.[mc]?[jt]s)(?::([\p{ID_Start}$_][\p{ID_Continue}$.]*))?$/u;
const PYTHON_FILE = /^([^:()]+\.py)(?::.*)?$/s;

/** Tells by the text alone; whether a file is there is for `checkTarget`. */
export function parseTarget(text: string): Target {
  const [, path, exportName] = JAVASCRIPT.exec(text) ?? [];
  if (path !== undefined) {
    return exportName === undefined
      ? { kind: "javascript", path }
      : { kind: "javascript", path, exportName };
  }
  const file = PYTHON_FILE.exec(text)?.[1];
  return file === undefined
    ? { kind: "python", target: text }
    : { kind: "python", target: text, path: file };
}

/**
 * Looks whether the file that a target names is in `directory`; a module is looked for by Python.
 * @throws {TargetError} when it is not there, is a directory, or may not be read.
 */
export function checkTarget(target: Target, directory: string): void {
  const path =
    target.kind === "javascript"
      ? target.path
      : (target.path ?? pathInsteadOfModule(target.target));
  if (path === undefined) return;
  const found = statSync(resolve(directory, path), { throwIfNoEntry: false });
  if (found === undefined) throw new TargetError(`no file ${shown(path)} in ${shown(directory)}`);
  if (found.isDirectory()) {
    const file = `name a file in it, such as ${shown(join(path, "app.py"))}`;
    const remedy = `${file}, or serve its files: portico static -d ${shown(path)}`;
    throw new TargetError(`${shown(path)} is a directory; ${remedy}`);
  }
  if (target.path === undefined) {
    throw new TargetError(`${shown(path)} is no .py, .ts or .js file`);
  }
  checkReadable(path, directory);
}

function checkReadable(path: string, directory: string): void {
  try {
    accessSync(resolve(directory, path), constants.R_OK);
  } catch (cause) {
    const who = `this user (uid ${process.geteuid?.()})`;
    const remedy = "give it the right to, or start as its owner";
    throw new TargetError(`${shown(path)} may not be read by ${who}; ${remedy}`, { cause });
  }
}

/** No module's name has a slash, so text that has one before its colon was meant as a path. */
function pathInsteadOfModule(text: string): string | undefined {
  const [module = ""] = text.split(":");
  return module.includes("/") || /^\.+$/.test(module) ? module : undefined;
}
