/** Finds and reads the configuration file, and says what it gives. */
import { readFileSync, statSync } from "node:fs";
import { extname, resolve } from "node:path";
import { LoadError } from "../engines/errors.ts";
import { importModule } from "../engines/import-module.ts";
import type { ServeLine } from "./arguments.ts";
import { readConfigObject } from "./config-object.ts";
import { ConfigFileError, UsageError } from "./errors.ts";
import { type Layer, settle } from "./setting-sources.ts";

export interface ConfigFile {
  readonly layer: Layer;
  readonly target: string | undefined;
  /** Lines for the log. */
  readonly notes: readonly string[];
}

const OWN_NAMES = [".ts", ".js", ".mjs", ".json"].map((end) => `portico.config${end}`);

/**
 * The file that the command line or the environment names, else the one that lies in the working
 * directory; undefined where there is none.
 * @throws {ConfigFileError} it cannot be read
 * @throws {UsageError} it says what is no setting
 */
export async function findConfigFile(line: ServeLine): Promise<ConfigFile | undefined> {
  const { config } = settle([...line.above, ...line.below]).settings;
  const path = config ?? foundName();
  return path === undefined ? undefined : await readOwnConfig(path);
}

function foundName(): string | undefined {
  const [found, another] = OWN_NAMES.filter(isFile);
  if (found === undefined || another === undefined) return found;
  throw new UsageError(`there are both ${found} and ${another}; choose one with --config`);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

async function readOwnConfig(path: string): Promise<ConfigFile> {
  const object = extname(path) === ".json" ? readJson(path) : await importConfig(path);
  return { ...readConfigObject(object, path), notes: [] };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function importConfig(path: string): Promise<unknown> {
  if (!isFile(path)) throw new ConfigFileError(`${path}: there is no such file`);
  try {
    const module = await importModule(resolve(path));
    if (typeof module === "object" && module !== null && "default" in module) {
      return await module.default;
    }
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    throw unreadable(path, error);
  }
  throw new ConfigFileError(`${path}: nothing is exported as default; write export default { … }`);
}

function unreadable(path: string, error: unknown): ConfigFileError {
  const why = error instanceof Error ? error.message : String(error);
  return new ConfigFileError(`${path}: ${why}`, { cause: error });
}
