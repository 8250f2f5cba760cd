/** Where what is made once for all starts is kept. */
import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";

/** By the XDG Base Directory Specification. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "portico");
}

/** What tells one thing that is kept from another, in a name. */
export function digest(texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text);
  return hash.digest("hex").slice(0, 12);
}
