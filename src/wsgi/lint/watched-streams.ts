/** wsgi.input and wsgi.errors as the application is given them: passed on, and judged. */
import type { ErrorStream, InputStream } from "../types.ts";
import type { Exchange } from "./exchange.ts";
import {
  bytesIn,
  ERRORS_RULES,
  READ_RESULT_RULES,
  READ_RULES,
  type ReadMethod,
} from "./input-rules.ts";
import { standIn } from "./stand-in.ts";

/** `length` is undefined where CONTENT_LENGTH says nothing of the body's end. */
export function watchedInput(
  input: InputStream,
  exchange: Exchange,
  length: number | undefined,
): InputStream {
  const watch = new InputWatch(input, exchange, length);
  return standIn(input, watch, ["read", "readline", "readlines", Symbol.asyncIterator]);
}

export function watchedErrors(errors: ErrorStream, exchange: Exchange): ErrorStream {
  return standIn(errors, new ErrorsWatch(errors, exchange), ["write", "writelines"]);
}

class InputWatch implements InputStream {
  readonly #input: InputStream;
  readonly #exchange: Exchange;
  /** What CONTENT_LENGTH leaves to read; undefined where it says nothing of the body's end. */
  #left: number | undefined;
  #isAtEnd = false;

  constructor(input: InputStream, exchange: Exchange, length: number | undefined) {
    this.#input = input;
    this.#exchange = exchange;
    this.#left = length;
  }

  // Arguments are passed on as they came: without one is not the same as with undefined.

  read(...sizes: [size?: number]): Promise<Uint8Array> {
    return this.#call("read", sizes, () => this.#input.read(...sizes));
  }

  readline(...sizes: [size?: number]): Promise<Uint8Array> {
    return this.#call("readline", sizes, () => this.#input.readline(...sizes));
  }

  readlines(...hints: [hint?: number]): Promise<Uint8Array[]> {
    return this.#call("readlines", hints, () => this.#input.readlines(...hints));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for await (const line of this.#input) {
        this.#take("iteration", undefined, line);
        yield line;
      }
    } catch (error) {
      this.#exchange.serversErrors.add(error);
      throw error;
    }
    this.#isAtEnd = true;
  }

  async #call<Result>(
    method: ReadMethod,
    [given]: readonly (number | undefined)[],
    read: () => Promise<Result>,
  ): Promise<Result> {
    const size = given !== undefined && given >= 0 ? given : undefined;
    const facts = { method, size, left: this.#left, isAfterEnd: this.#isAtEnd };
    this.#exchange.judge(READ_RULES, facts);
    let result: Result;
    try {
      result = await read();
    } catch (error) {
      this.#exchange.serversErrors.add(error);
      throw error;
    }
    this.#take(method, size, result);
    return result;
  }

  #take(method: ReadMethod, size: number | undefined, result: unknown): void {
    this.#exchange.judge(READ_RESULT_RULES, { method, size, left: this.#left, result });
    const bytes = bytesIn(result);
    if (bytes === 0 && size !== 0) this.#isAtEnd = true;
    if (this.#left !== undefined) this.#left = Math.max(0, this.#left - bytes);
  }
}

class ErrorsWatch implements Partial<ErrorStream> {
  readonly #errors: ErrorStream;
  readonly #exchange: Exchange;

  constructor(errors: ErrorStream, exchange: Exchange) {
    this.#errors = errors;
    this.#exchange = exchange;
  }

  // A stream of Node.js has an answer, and takes more than its text.

  write(...given: [text: string]): unknown {
    this.#exchange.judge(ERRORS_RULES, { method: "write", text: given[0] });
    return this.#errors.write(...given);
  }

  writelines(lines: Iterable<string>): void {
    this.#errors.writelines(this.#judged(lines));
  }

  *#judged(lines: Iterable<string>): Generator<string> {
    for (const text of lines) {
      this.#exchange.judge(ERRORS_RULES, { method: "writelines", text });
      yield text;
    }
  }
}
