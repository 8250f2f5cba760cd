/** What is wrong with a command line. `run.ts` prints `portico: ` and the message, and exits with the code. */

/** A command line that asks for nothing that can be done. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
  readonly exitCode: number = 2;
}

/** A setting with a bad value; `origin` is the flag or the environment variable that gave it. */
export class SettingError extends UsageError {
  override readonly name: string = "SettingError";
  readonly origin: string;

  constructor(origin: string, problem: string, options?: ErrorOptions) {
    super(`${origin}: ${problem}`, options);
    this.origin = origin;
  }
}

/** Nothing names an application; `command` is what needs one. */
export class MissingTargetError extends UsageError {
  override readonly name = "MissingTargetError";

  constructor(command: string) {
    const remedy = `name one, such as ${command} module:application (see ${command} --help)`;
    super(`no application given; ${remedy}`);
  }
}

/** A target that names no file to serve. */
export class TargetError extends Error {
  override readonly name = "TargetError";
  readonly exitCode = 1;
}

/** A configuration file that cannot be read, or raises when it is. */
export class ConfigFileError extends Error {
  override readonly name = "ConfigFileError";
  readonly exitCode = 1;
}
