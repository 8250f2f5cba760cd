/** An application whose code is written anew while it is served, in a directory of its own. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface VersionOptions {
  /** Seconds that its import takes. */
  readonly importTakes?: number;
}

export class Versions implements Disposable {
  readonly directory: string = mkdtempSync(join(tmpdir(), "portico-versions-"));

  /** `shop:app` answers with this version's name and its process, `/die` with neither. */
  writePython(version: string, { importTakes = 0 }: VersionOptions = {}): void {
    this.#write(
      "shop.py",
      `import os, time
time.sleep(${importTakes})
held = []
def app(environ, start_response):
    if environ["PATH_INFO"] == "/die":
        os._exit(7)
    if environ["PATH_INFO"] == "/hold":
        held.append(b"x" * 64 * 1024 * 1024)
    if environ["PATH_INFO"] == "/fail":
        raise RuntimeError("on purpose")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"${version} {os.getpid()}".encode()]
`,
    );
  }

  /** `./shop.ts` does the same, without its ends. */
  writeTypeScript(version: string, { importTakes = 0 }: VersionOptions = {}): void {
    this.#write(
      "shop.ts",
      `await new Promise((resolve) => setTimeout(resolve, ${importTakes * 1000}));
export default (environ: { PATH_INFO: string }, startResponse: Function) => {
  if (environ.PATH_INFO === "/fail") throw new Error("on purpose");
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [Buffer.from(\`${version} \${process.pid}\`)];
};
`,
    );
  }

  /** What cannot be imported, in both languages. */
  breakAll(): void {
    this.#write("shop.py", "import nothing_that_there_is\n");
    this.#write("shop.ts", 'throw new Error("broken on purpose");\n');
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true });
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.directory, name), text);
  }
}
