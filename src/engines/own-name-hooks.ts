/** Node.js loads this file in a thread of its own: it finds this package where a project has none. */
import type { ResolveHook } from "node:module";

/** URLs by the names that import them. */
let ownUrls: Readonly<Record<string, string>> = {};

/** Called once with what `register` was given. */
export function initialize(data: { readonly ownUrls: Readonly<Record<string, string>> }): void {
  ownUrls = data.ownUrls;
}

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const url = Object.hasOwn(ownUrls, specifier) ? ownUrls[specifier] : undefined;
  if (url === undefined) return nextResolve(specifier, context);
  try {
    return await nextResolve(specifier, context);
  } catch {
    // Not installed beside the application: the package that runs it will do.
    return { url, shortCircuit: true };
  }
};
