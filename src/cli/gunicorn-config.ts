/** `gunicorn.conf.py`, read by the Python process that goes on to run its hooks. */
import { resolve } from "node:path";
import { applicationDirectories, findInterpreter } from "../engines/cpython/interpreter.ts";
import { LONGEST_TIMER } from "../server/limits.ts";
import { ConfigProcess, ConfigProcessError, type Message } from "./config-process.ts";
import { ConfigFileError, UsageError } from "./errors.ts";
import { HOOKS_REFUSED } from "./gunicorn-names.ts";
import { type GunicornValues, KNOWN_NAMES, readGunicornValues } from "./gunicorn-values.ts";
import type { Settings } from "./settings.ts";

export interface GunicornConfig extends GunicornValues {
  /** As it was given: a path, `file:PATH` or `python:MODULE`. */
  readonly location: string;
  /** The names of the hooks that it defines. */
  readonly hooks: readonly string[];
  /** The text that was run, so that no worker runs another one; null for a module. */
  readonly source: string | null;
  /** Where it was run, and still is. */
  readonly process: ConfigProcess;
}

export interface GunicornQuestion {
  readonly location: string;
  readonly target: string;
  /** As far as they are known without the file. */
  readonly settings: Settings;
}

/**
 * @throws {ConfigFileError} no Python, or the file raises
 * @throws {UsageError} it says what is no setting, or asks for what Portico cannot do
 */
export async function readGunicornConfig(question: GunicornQuestion): Promise<GunicornConfig> {
  const { location } = question;
  const configProcess = new ConfigProcess(commandFor(question));
  try {
    const { values, hooks, source } = answerOf(await askInTime(configProcess, question), location);
    const file = location.replace(/^(?:file|python):/, "");
    const read = readGunicornValues(values, file);
    const refused = hooks.find((hook) => hook in HOOKS_REFUSED);
    if (refused !== undefined) {
      throw new UsageError(`${file}: ${refused} cannot be done: ${HOOKS_REFUSED[refused]}`);
    }
    return { ...read, location, hooks, source, process: configProcess };
  } catch (error) {
    configProcess.close();
    if (!(error instanceof ConfigProcessError)) throw error;
    const remedy =
      "it is read by Python, which --python names; without Python, name a portico.config.ts with --config";
    throw new ConfigFileError(`${location}: ${error.message}; ${remedy}`, { cause: error });
  }
}

function commandFor({ target, settings }: GunicornQuestion): string {
  return findInterpreter({
    python: settings.python,
    virtualEnv: settings.env.VIRTUAL_ENV ?? process.env.VIRTUAL_ENV,
    workingDirectory: process.cwd(),
    applicationDirectories: applicationDirectories(target, resolve(settings.chdir)),
  }).command;
}

/** A file that waits for something must not keep the server from saying so. */
async function askInTime(
  configProcess: ConfigProcess,
  { location, settings }: GunicornQuestion,
): Promise<Message> {
  const seconds = settings.bootTimeout;
  let isLate = false;
  const timer = setTimeout(
    () => {
      isLate = true;
      configProcess.kill();
    },
    seconds === 0 ? LONGEST_TIMER : seconds * 1000,
  );
  try {
    return await configProcess.ask({ location, names: KNOWN_NAMES });
  } catch (error) {
    if (isLate)
      throw new ConfigFileError(`${location}: not read within --boot-timeout ${seconds} s`);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

type Answer = Pick<GunicornConfig, "hooks" | "source"> & {
  readonly values: Readonly<Record<string, unknown>>;
};

/** @throws {ConfigFileError} with the traceback that the file ended in */
function answerOf(message: Message, location: string): Answer {
  if (typeof message.error !== "string") {
    // config_process.py makes nothing else.
    return message as unknown as Answer;
  }
  const trace =
    typeof message.trace === "string" && message.trace !== "" ? `\n${message.trace}` : "";
  const named = message.error.startsWith(location)
    ? message.error
    : `${location}: ${message.error}`;
  throw new ConfigFileError(`${named}${trace}`);
}
