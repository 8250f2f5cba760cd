/** Which interpreters run an application, and whether others would do better. */
import { LoadError } from "../errors.ts";
import { findCPython } from "./cpython-source.ts";
import { applicationDirectories } from "./interpreter.ts";
import type { InterpreterSource } from "./interpreter-source.ts";
import type { ResolvedPythonOptions } from "./python-options.ts";

/** @throws {LoadError} there is no such interpreter */
export async function findSource(
  engine: "cpython" | "pyodide",
  target: string,
  options: ResolvedPythonOptions,
): Promise<InterpreterSource> {
  const { python, env, directory } = options;
  const question = {
    python,
    virtualEnv: env.VIRTUAL_ENV ?? process.env.VIRTUAL_ENV,
    workingDirectory: process.cwd(),
    applicationDirectories: applicationDirectories(target, directory),
  };
  if (engine === "cpython") return findCPython(question, options);
  // Few have it, and it is loaded for them alone.
  const { findPyodide } = await import("../pyodide/pyodide-source.ts");
  return await findPyodide(question, options);
}

/** What an installed Python may lack, as its errors say it. */
const NO_PYTHON = /^no Python: /;
const NO_MODULE = /: ModuleNotFoundError: /;

/**
 * Whether an application could not be loaded for want of something that Pyodide may have. Who names an
 * interpreter, or wants what only processes can do, is told what is wrong with that.
 */
export function mayDoWithPyodide(
  error: unknown,
  { python, preload = false, hooks }: ResolvedPythonOptions,
): error is LoadError {
  if (python !== undefined || preload || hooks !== undefined) return false;
  return error instanceof LoadError && (isWithoutPython(error) || NO_MODULE.test(error.message));
}

export function isWithoutPython({ message }: LoadError): boolean {
  return NO_PYTHON.test(message);
}
