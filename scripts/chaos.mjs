/** `npm run chaos [-- OPTIONS]`: installs, builds, and runs build/test/chaos/main.js. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { endWithParent, installAndBuild, root } from "./install.mjs";

installAndBuild();
if (process.env.npm_lifecycle_event === "chaos") endWithParent();
// npm runs scripts in the package's folder, and says here where the user was.
process.chdir(process.env.INIT_CWD ?? process.cwd());
process.setSourceMapsEnabled(true);
await import(pathToFileURL(join(root, "build", "test", "chaos", "main.js")).href);
