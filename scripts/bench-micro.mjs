/** `npm run bench:micro [-- OPTIONS]`: installs, builds, and runs build/bench/micro/main.js. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { installAndBuild, prepareVenv, root } from "./install.mjs";

installAndBuild();
prepareVenv();
process.chdir(root);
process.setSourceMapsEnabled(true);
await import(pathToFileURL(join(root, "build", "bench", "micro", "main.js")).href);
