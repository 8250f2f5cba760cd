/** Runs Python of a few lines in an interpreter. */
import type { PyodideAPI } from "pyodide";

/** `names` are those that the code knows beside the builtins; it leaves none. */
export function runPython(
  python: PyodideAPI,
  code: string,
  names: Readonly<Record<string, unknown>>,
): void {
  const locals = python.toPy(names);
  try {
    python.runPython(code, { locals });
  } finally {
    // Else it would stay in Python's memory for good.
    locals.destroy();
  }
}
