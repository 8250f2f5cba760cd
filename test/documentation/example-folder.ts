/** Examples as files, outside of this repository: where users write theirs. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { repositoryRoot } from "../support/python-environment.ts";
import type { Example } from "./document.ts";

export interface WrittenExample extends Example {
  /** With a name that the messages of a compiler can be told from others by. */
  readonly path: string;
}

export class ExampleFolder implements Disposable {
  readonly path: string = realpathSync(mkdtempSync(join(tmpdir(), "portico-documents-")));
  readonly examples: readonly WrittenExample[];

  constructor(examples: readonly Example[]) {
    this.#write("package.json", '{ "type": "module" }\n');
    // What examples import beside this package: frameworks, and the types of Node.js.
    symlinkSync(join(repositoryRoot, "node_modules"), join(this.path, "node_modules"));
    this.examples = examples.map((example, index) => this.#writeExample(example, index));
  }

  #writeExample(example: Example, index: number): WrittenExample {
    const folder = `example${index}`;
    for (const [name, text] of example.files) this.#write(join(folder, name), text);
    return { ...example, path: this.#write(join(folder, "app.ts"), example.code.text) };
  }

  #write(name: string, text: string): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}
