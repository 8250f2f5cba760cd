/** Processes of an installed CPython. */
import { findInterpreter, type InterpreterQuestion } from "./interpreter.ts";
import type { InterpreterSource } from "./interpreter-source.ts";
import { type Launch, SpawnedWorker } from "./spawn.ts";

/** @throws {LoadError} what was asked for is no program */
export function findCPython(
  question: InterpreterQuestion,
  { directory, env }: Pick<Launch, "directory" | "env">,
): InterpreterSource {
  const { command, reason } = findInterpreter(question);
  const launch = launchOf(command, directory, env);
  return { command, reason, numbers: "pids", start: () => new SpawnedWorker(launch) };
}

/** With the variables of this process, and those beside them. */
export function launchOf(command: string, directory: string, env: Launch["env"]): Launch {
  return { command, directory, env: { ...process.env, ...env } };
}
