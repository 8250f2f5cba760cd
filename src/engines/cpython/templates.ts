/** The templates of an engine: one for each generation of its workers, while there is need of it. */
import type { PythonProcess } from "./python-process.ts";
import type { Template } from "./template.ts";

export class Templates {
  readonly #start: () => Template;
  readonly #templates = new Map<number, Template>();
  /** Also those that are about to end. */
  readonly #living = new Set<Template>();

  constructor(start: () => Template) {
    this.#start = start;
  }

  /** @throws {SpawnError} no template can be started */
  fork(generation: number): PythonProcess {
    const template = this.#templates.get(generation);
    if (template?.isForking === true) return template.fork();
    const newer = this.#start();
    this.#templates.set(generation, newer);
    this.#living.add(newer);
    void newer.exited.then(() => this.#living.delete(newer));
    return newer.fork();
  }

  /** Ends the templates of all generations but these. */
  keep(generations: ReadonlySet<number>): void {
    for (const [generation, template] of this.#templates) {
      if (generations.has(generation)) continue;
      this.#templates.delete(generation);
      if (!template.hasEnded) template.end();
    }
  }

  /** Resolves when all have ended; they have no workers any more. */
  async end(): Promise<void> {
    this.keep(new Set());
    await Promise.all([...this.#living].map((template) => template.exited));
  }
}
