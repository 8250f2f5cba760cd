/** Finds and reads the configuration file, and says what it gives. */
import { readFileSync, statSync } from "node:fs";
import { extname, resolve } from "node:path";
import { LoadError } from "../engines/errors.ts";
import { importModule } from "../engines/import-module.ts";
import { reasonOf } from "../log/system-reason.ts";
import type { ServeLine } from "./arguments.ts";
import { type ConfigObject, readConfigObject } from "./config-object.ts";
import { ConfigFileError, UsageError } from "./errors.ts";
import { type GunicornConfig, readGunicornConfig } from "./gunicorn-config.ts";
import { type Layer, settle } from "./setting-sources.ts";
import { SETTINGS } from "./settings.ts";

export interface ConfigFile {
  /** Where it is gunicorn's. */
  readonly gunicorn?: GunicornConfig;
  readonly layer: Layer;
  readonly target: string | undefined;
  /** Lines for the log. */
  readonly notes: readonly string[];
}

/** What is Portico's own by its name; other files are gunicorn's. */
const OWN_FILE = /\.(?:json|[mc]?[jt]s)$/;

const OWN_NAMES = [".ts", ".js", ".mjs", ".json"].map((end) => `portico.config${end}`);

/** gunicorn's name for its own, which it finds in the working directory too. */
const GUNICORN_NAME = "gunicorn.conf.py";

/**
 * The file that the command line or the environment names, else the one that lies in the working
 * directory; undefined where there is none.
 * @throws {ConfigFileError} it cannot be read
 * @throws {UsageError} it says what is no setting
 */
export async function findConfigFile(line: ServeLine): Promise<ConfigFile | undefined> {
  const { settings } = settle(SETTINGS, [...line.above, ...line.below]);
  const own = settings.config ?? foundName();
  // It would be run outside of the sandbox, and say what can be reached from within.
  if (settings.sandbox && settings.config === undefined) return unread(own);
  const isLeftOut = settings.config === undefined && own !== undefined && isFile(GUNICORN_NAME);
  const notes = isLeftOut ? [`${GUNICORN_NAME} is not read, since ${own} is there`] : [];
  if (own !== undefined && OWN_FILE.test(own)) return { ...(await readOwnConfig(own)), notes };
  const location = own ?? (isFile(GUNICORN_NAME) ? GUNICORN_NAME : undefined);
  if (location === undefined) return undefined;
  checkFile(location);
  const target = line.target ?? "";
  const gunicorn = await readGunicornConfig({ location, target, settings });
  return { layer: gunicorn.layer, target: gunicorn.target, notes: gunicorn.notes, gunicorn };
}

/** What lies where the application may have put it, and nobody has named. */
function unread(own: string | undefined): ConfigFile | undefined {
  const found = own ?? (isFile(GUNICORN_NAME) ? GUNICORN_NAME : undefined);
  if (found === undefined) return undefined;
  const notes = [`${found} is not read with --sandbox, unless --config names it`];
  return { layer: new Map(), target: undefined, notes };
}

function foundName(): string | undefined {
  const [found, another] = OWN_NAMES.filter(isFile);
  if (found === undefined || another === undefined) return found;
  throw new UsageError(`there are both ${found} and ${another}; choose one with --config`);
}

function checkFile(location: string): void {
  if (location.startsWith("python:") || isFile(location.replace(/^file:/, ""))) return;
  throw new ConfigFileError(`${location}: there is no such file`);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

async function readOwnConfig(path: string): Promise<ConfigObject> {
  checkFile(path);
  const object = extname(path) === ".json" ? readJson(path) : await importConfig(path);
  return readConfigObject(object, path);
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function importConfig(path: string): Promise<unknown> {
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
  return new ConfigFileError(`${path}: ${reasonOf(error)}`, { cause: error });
}
