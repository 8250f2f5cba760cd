/** Imports modules of users: JavaScript, and TypeScript without a compile step. */
import { register } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createJiti } from "jiti";
import { LoadError } from "./errors.ts";

/** `path` is absolute. @throws {LoadError} the module cannot be read, or throws */
export async function importModule(path: string): Promise<unknown> {
  try {
    if (!/\.[mc]?ts$/.test(path) || stripsTypes()) {
      resolveOwnName();
      const namespace: unknown = await import(pathToFileURL(path).href);
      return namespace;
    }
    return await transpiler().import(path);
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new LoadError(`cannot import ${path} with Node.js ${process.version}\n${what}`, 4);
  }
}

/** Node.js 22.18 and later run TypeScript as it is. */
function stripsTypes(): boolean {
  return "typescript" in process.features && Boolean(process.features.typescript);
}

/** The names of package.json's `exports` that have something to run. */
const OWN_URLS: Readonly<Record<string, string>> = {
  portico: new URL("../index.js", import.meta.url).href,
  "portico/static": new URL("../static/static-files.js", import.meta.url).href,
};

/** An application may import these wherever it is, installed beside it or not. */
const resolveOwnName = once(() => {
  register("./own-name-hooks.js", import.meta.url, { data: { ownUrls: OWN_URLS } });
});

function transpiler(): ReturnType<typeof createJiti> {
  return createJiti(import.meta.url, {
    alias: Object.fromEntries(
      Object.entries(OWN_URLS).map(([name, url]) => [name, fileURLToPath(url)]),
    ),
    interopDefault: false,
  });
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    act();
  };
}
