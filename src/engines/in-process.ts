/** A TypeScript or JavaScript application, from a module's path. */
import type { Application } from "../wsgi/types.ts";
import { LoadError } from "./errors.ts";
import { importModule } from "./import-module.ts";

/** Where an application is looked for in a module, in this order. */
const EXPORT_NAMES = ["default", "application", "app"] as const;

/**
 * Imports the module at `path` (absolute) and takes `exportName` of it, else its default export,
 * `application` or `app`.
 * @throws {LoadError} the import throws, or there is no application
 */
export async function loadApplication(path: string, exportName?: string): Promise<Application> {
  const module = await importModule(path);
  if (exportName !== undefined) {
    const named = exportName.split(".").reduce<unknown>(property, module);
    return asApplication(named, exportName, path, module);
  }
  const values = EXPORT_NAMES.map((name) => property(module, name));
  // The default export of a CommonJS module is the object of all its exports.
  const found =
    values.find((value) => typeof value === "function") ??
    values.find((value) => value !== undefined);
  return asApplication(found, "a default export, application or app", path, module);
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function asApplication(
  value: unknown,
  expected: string,
  path: string,
  module: unknown,
): Application {
  // Whether it keeps the contract shows when it is called; that it can be, shows here.
  if (typeof value === "function") return value as Application;
  const names = typeof module === "object" && module !== null ? Object.keys(module) : [];
  const there = names.length === 0 ? "nothing" : names.join(", ");
  const problem = value === undefined ? "is not exported" : `is no function but ${typeof value}`;
  throw new LoadError(`${path}: ${expected} ${problem}; it exports ${there}`, 4);
}
