/** Options of middleware that have no meaning: told when the middleware is made, not at its first request. */
import { TOKEN } from "../http/abnf.ts";

/** The message names the middleware and the option, and quotes its value. */
export class OptionError extends Error {
  override readonly name: string = "OptionError";
  readonly middleware: string;
  readonly option: string;

  /** `new OptionError("cors", "maxAge", "is -1, not …")`. */
  constructor(middleware: string, option: string, problem: string) {
    super(`${middleware}: ${option} ${problem}`);
    this.middleware = middleware;
    this.option = option;
  }
}

/** The options of one middleware, judged one by one. */
export class OptionJudge {
  readonly #middleware: string;

  constructor(middleware: string) {
    this.#middleware = middleware;
  }

  /** @throws {OptionError} unless it holds */
  must(holds: boolean, option: string, problem: string): void {
    if (!holds) throw new OptionError(this.#middleware, option, problem);
  }

  /** @throws {OptionError} with what the error says: it cannot be used here and now */
  cannot(option: string, problem: string, error: unknown): never {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OptionError(this.#middleware, option, `${problem}: ${reason}`);
  }

  /** @throws {OptionError} unless it is a whole number, 0 or more */
  mustBeCount(option: string, value: number, unit: string): void {
    const isCount = Number.isSafeInteger(value) && value >= 0;
    this.must(isCount, option, `is ${value}, not a whole number of ${unit}`);
  }

  /** @throws {OptionError} unless it is a field's name or a method (RFC 9110 §5.6.2) */
  mustBeToken(option: string, value: string): void {
    this.must(TOKEN.test(value), option, `has ${JSON.stringify(value)}, which is no name in HTTP`);
  }
}
