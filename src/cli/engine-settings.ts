/** The setting of what runs Python applications. */
import type { EngineName, FileAccess, PythonOptions } from "../engines/cpython/python-options.ts";
import type { MechanicsSettings } from "./mechanics-settings.ts";
import { bytesOf, type MemorySize, memorySize, NO_MEMORY_LIMIT } from "./memory-size.ts";
import type { SettingTable } from "./setting.ts";
import { aSwitch, asItIs, directories, oneOf, optionalText } from "./setting-types.ts";

export interface EngineSettings {
  readonly engine: EngineName;
  readonly interpreterMemory: MemorySize;
  readonly files: FileAccess;
  readonly mount: readonly string[];
  readonly requirements: string | undefined;
  readonly sandbox: boolean;
}

const FILE_ACCESS = ["read-write", "read-only"] as const;
const ENGINES = ["cpython", "pyodide", "auto"] as const;

export const ENGINE_SETTINGS: SettingTable<EngineSettings> = {
  engine: {
    section: "Python",
    flags: ["--engine"],
    metavar: "ENGINE",
    type: oneOf(ENGINES, `is not ${ENGINES.join(", ")}`, asItIs),
    default: "auto",
    help: "What runs a Python application: cpython, processes of an installed Python; pyodide, threads of this process with a Python of their own (npm install pyodide; docs/pyodide.md); auto: cpython, or pyodide where no Python is found or it lacks a module that the application imports (unless --python or --preload is given).",
  },
  interpreterMemory: {
    section: "Python",
    flags: ["--interpreter-memory"],
    metavar: "SIZE",
    type: memorySize,
    default: NO_MEMORY_LIMIT,
    help: "How much memory each interpreter of pyodide may have, as 512M; 0 for as much as WebAssembly has, 4G. Beyond it the application gets a MemoryError.",
  },
  files: {
    section: "Python",
    flags: ["--files"],
    metavar: "ACCESS",
    type: oneOf(FILE_ACCESS, `is not ${FILE_ACCESS.join(" or ")}`, asItIs),
    default: "read-write",
    help: "Whether an application on pyodide may change the files of its directories: read-write or read-only.",
  },
  mount: {
    section: "Python",
    flags: ["--mount"],
    metavar: "PATHS",
    type: directories,
    default: [],
    help: "Directories that an application on pyodide sees beside its own, with commas between them.",
  },
  requirements: {
    section: "Python",
    flags: ["--requirements"],
    metavar: "FILE",
    type: optionalText,
    default: undefined,
    help: "A requirements file whose packages an application on pyodide has: installed once, from PIP_INDEX_URL or PyPI, and kept for later starts (docs/pyodide.md).",
  },
  sandbox: {
    section: "Python",
    flags: ["--sandbox"],
    type: aSwitch,
    default: false,
    help: "Run a Python application on pyodide, in processes that reach its own directories and nothing else: no other file, no network, no process, no environment variable but those of --env.",
  },
};

export function engineOptions(
  settings: EngineSettings & Pick<MechanicsSettings, "env">,
): PythonOptions {
  const { engine, interpreterMemory, files, mount, requirements, sandbox, env } = settings;
  return {
    ...{ engine, files, mounts: mount, sandbox },
    interpreterMemory: bytesOf(interpreterMemory),
    ...(requirements !== undefined && { requirements }),
    // In a sandbox there are no others; elsewhere the server has them, too.
    ...(sandbox && { env }),
  };
}
