/** Which Python runs an application. */
import { accessSync, constants } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { hasCode } from "../../buffers/system-error.ts";
import { LoadError } from "../errors.ts";

export interface Interpreter {
  /** What to start: a path, or a name to look up in PATH. */
  readonly command: string;
  /** Why this one: what to change for another. */
  readonly reason: string;
}

export interface InterpreterQuestion {
  /** `--python`, relative to `workingDirectory`. */
  readonly python: string | undefined;
  readonly virtualEnv: string | undefined;
  readonly workingDirectory: string;
  /** Where the application is: its file's directory, or the one it is imported from. */
  readonly applicationDirectories: readonly string[];
}

/** @throws {LoadError} what was asked for is no program */
export function findInterpreter(question: InterpreterQuestion): Interpreter {
  const { python, virtualEnv } = question;
  if (python !== undefined) return asked(python, question.workingDirectory);
  if (virtualEnv !== undefined && virtualEnv !== "") {
    const command = join(virtualEnv, "bin", "python");
    const fault = faultOf(command);
    if (fault !== undefined) {
      const remedy = "unset it or give --python";
      throw new LoadError(`VIRTUAL_ENV is ${virtualEnv}, but ${command} ${fault}; ${remedy}`, 1);
    }
    return { command, reason: "VIRTUAL_ENV" };
  }
  for (const directory of question.applicationDirectories) {
    for (const name of [".venv", "venv"]) {
      const command = join(directory, name, "bin", "python");
      if (faultOf(command) === undefined) return { command, reason: join(directory, name) };
    }
  }
  return { command: "python3", reason: "python3 in PATH" };
}

function asked(python: string, workingDirectory: string): Interpreter {
  if (!python.includes("/")) return { command: python, reason: "--python" };
  const command = resolve(workingDirectory, python);
  const fault = faultOf(command);
  if (fault !== undefined) throw new LoadError(`--python ${python}: ${command} ${fault}`, 1);
  return { command, reason: "--python" };
}

/** Why it cannot be started; undefined if it can. */
function faultOf(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return undefined;
  } catch (error) {
    // Also where a directory on the way is closed, as a home's is to the user of --user.
    return hasCode(error, "EACCES")
      ? `may not be run by this user (uid ${process.geteuid?.()})`
      : "is no program";
  }
}

/** The directory of a file target (`path/to/app.py:app`), and the one applications start in. */
export function applicationDirectories(target: string, directory: string): string[] {
  const file = /^(.*\.py)(?::[^/]*)?$/.exec(target)?.[1];
  if (file === undefined) return [directory];
  const folder = dirname(isAbsolute(file) ? file : join(directory, file));
  return folder === directory ? [directory] : [folder, directory];
}
