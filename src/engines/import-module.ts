/** Imports modules of users: JavaScript, and TypeScript without a compile step. */
import { readFileSync } from "node:fs";
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

let isOwnNameKnown = false;

/** An application may import this package wherever it is, installed beside it or not. */
function resolveOwnName(): void {
  if (isOwnNameKnown) return;
  isOwnNameKnown = true;
  register("./own-name-hooks.js", import.meta.url);
}

function transpiler(): ReturnType<typeof createJiti> {
  return createJiti(import.meta.url, {
    alias: ownFiles(),
    interopDefault: false,
  });
}

/**
 * The names of package.json's `exports` and their files; of a name that stands for several, both end in a
 * slash.
 */
function ownFiles(): Readonly<Record<string, string>> {
  const manifest = new URL("../../../package.json", import.meta.url);
  // Of this very package.
  const { exports } = JSON.parse(readFileSync(manifest, "utf8")) as Manifest;
  return Object.fromEntries(
    Object.entries(exports).flatMap(([name, target]) => {
      if (typeof target === "string") return [];
      const file = fileURLToPath(new URL(target.default.replace(/\*\.js$/, ""), manifest));
      return [[`portico${name.slice(1).replace(/\*$/, "")}`, file]];
    }),
  );
}

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
}
