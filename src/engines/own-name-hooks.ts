/** Node.js loads this file in a thread of its own: it finds this package where a project has none. */
import type { ResolveHook } from "node:module";

const OWN_NAME = /^portico(?:\/|$)/;

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  if (!OWN_NAME.test(specifier)) return nextResolve(specifier, context);
  try {
    return await nextResolve(specifier, context);
  } catch {
    // Not installed beside the application: the package that runs it will do, which knows itself by its name.
    return nextResolve(specifier, { ...context, parentURL: import.meta.url });
  }
};
