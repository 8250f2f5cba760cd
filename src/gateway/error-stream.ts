/** `wsgi.errors` for TypeScript applications: whole lines into the error log. */
import type { ErrorStream } from "../wsgi/types.ts";

export class LogErrorStream implements ErrorStream {
  readonly #writeLine: (text: string) => void;
  #rest = "";

  /** `writeLine` takes text that ends in a line end. */
  constructor(writeLine: (text: string) => void) {
    this.#writeLine = writeLine;
  }

  write(text: string): void {
    const end = text.lastIndexOf("\n") + 1;
    if (end === 0) {
      this.#rest += text;
      return;
    }
    this.#writeLine(this.#rest + text.slice(0, end));
    this.#rest = text.slice(end);
  }

  writelines(lines: Iterable<string>): void {
    for (const line of lines) this.write(line);
  }

  flush(): void {
    if (this.#rest === "") return;
    this.#writeLine(`${this.#rest}\n`);
    this.#rest = "";
  }
}
