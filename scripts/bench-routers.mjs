/** `npm run bench:routers [-- OPTIONS]`: installs, builds, and runs build/bench/routers/main.js. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { installAndBuild, root } from "./install.mjs";

installAndBuild();
process.chdir(root);
process.setSourceMapsEnabled(true);
await import(pathToFileURL(join(root, "build", "bench", "routers", "main.js")).href);
