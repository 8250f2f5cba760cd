/** A log that a test can read, and wait for. */
import type { Logger } from "../../src/log/logger.ts";

const LONGEST_WAIT = 20_000;

interface Waiter {
  readonly pattern: RegExp;
  readonly resolve: (line: string) => void;
}

/** Text that grows, line by line. */
export class RecordedLines {
  readonly lines: string[] = [];
  #waiters: Waiter[] = [];

  get text(): string {
    return this.lines.join("\n");
  }

  add(line: string): void {
    this.lines.push(line);
    const found = this.#waiters.filter(({ pattern }) => pattern.test(line));
    this.#waiters = this.#waiters.filter((waiter) => !found.includes(waiter));
    for (const { resolve } of found) resolve(line);
  }

  /** The first line that matches, now or later. */
  line(pattern: RegExp): Promise<string> {
    const there = this.lines.find((line) => pattern.test(line));
    if (there !== undefined) return Promise.resolve(there);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`no line like ${pattern} within ${LONGEST_WAIT} ms in:\n${this.text}`));
      }, LONGEST_WAIT);
      // Whoever writes the line keeps this process alive.
      timer.unref();
      const found = (line: string): void => {
        clearTimeout(timer);
        resolve(line);
      };
      this.#waiters.push({ pattern, resolve: found });
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
