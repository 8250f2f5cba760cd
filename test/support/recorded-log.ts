/** A log that a test can read, and wait for. */
import type { Logger } from "../../src/log/logger.ts";

const LONGEST_WAIT = 20_000;

interface Waiter {
  readonly find: () => string | undefined;
  readonly resolve: (found: string) => void;
}

/** What has been written so far, and what will be. */
export interface ReadableLog {
  readonly text: string;
  /** Resolves as soon as the text holds a match, over as many lines as it takes. */
  said(pattern: RegExp): Promise<string>;
}

/** Text that grows, line by line. */
export class RecordedLines implements ReadableLog {
  readonly lines: string[] = [];
  #waiters: Waiter[] = [];

  get text(): string {
    return this.lines.join("\n");
  }

  add(line: string): void {
    this.lines.push(line);
    this.#waiters = this.#waiters.filter(({ find, resolve }) => {
      const found = find();
      if (found !== undefined) resolve(found);
      return found === undefined;
    });
  }

  /** The first line that matches, now or later. */
  line(pattern: RegExp): Promise<string> {
    return this.#found(pattern, () => this.lines.find((line) => pattern.test(line)));
  }

  said(pattern: RegExp): Promise<string> {
    return this.#found(pattern, () => pattern.exec(this.text)?.[0]);
  }

  #found(pattern: RegExp, find: () => string | undefined): Promise<string> {
    const there = find();
    if (there !== undefined) return Promise.resolve(there);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`no ${pattern} within ${LONGEST_WAIT} ms in:\n${this.text}`));
      }, LONGEST_WAIT);
      // Whoever writes the line keeps this process alive.
      timer.unref();
      const found = (text: string): void => {
        clearTimeout(timer);
        resolve(text);
      };
      this.#waiters.push({ find, resolve: found });
    });
  }
}

/** A {@link Logger} whose lines read `LEVEL message`, and those of applications as they are. */
export class RecordedLog extends RecordedLines implements Logger {
  debug(message: string): void {
    this.add(`DEBUG ${message}`);
  }

  info(message: string): void {
    this.add(`INFO ${message}`);
  }

  warning(message: string): void {
    this.add(`WARNING ${message}`);
  }

  error(message: string): void {
    this.add(`ERROR ${message}`);
  }

  critical(message: string): void {
    this.add(`CRITICAL ${message}`);
  }

  raw(text: string): void {
    this.add(text);
  }
}
