/** Node.js loads this file in a thread of its own: it finds "portico" where a project has none. */
import type { ResolveHook } from "node:module";

let ownUrl = "";

/** Called once with what `register` was given. */
export function initialize(data: { readonly ownUrl: string }): void {
  ownUrl = data.ownUrl;
}

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  if (specifier !== "portico") return nextResolve(specifier, context);
  try {
    return await nextResolve(specifier, context);
  } catch {
    // Not installed beside the application: the package that runs it will do.
    return { url: ownUrl, shortCircuit: true };
  }
};
