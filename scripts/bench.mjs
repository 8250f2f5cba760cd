/** `npm run bench [-- OPTIONS]`: installs Portico and its peers, builds, and runs build/bench/main.js. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { endWithParent, installAndBuild, root, stop } from "./install.mjs";
import { installPeers } from "./peers.mjs";

if (spawnSync("wrk", ["--version"]).error) {
  stop("The benchmark needs the load generator wrk: apt-get install wrk");
}
installAndBuild();
// uWSGI is compiled, which takes a C compiler and half a minute.
const missing = installPeers(["gunicorn", "gunicorn_h1c", "uWSGI", "Flask"]);
if (missing.length > 0) stop(`The benchmark needs ${missing.join(", ")}.`);
process.chdir(root);
if (process.env.npm_lifecycle_event === "bench") endWithParent();
await import(pathToFileURL(join(root, "build", "bench", "main.js")).href);
