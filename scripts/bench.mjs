/** `npm run bench [-- OPTIONS]`: installs Portico and its peers, builds, and runs build/bench/main.js. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { endWithParent, installAndBuild, root, stop } from "./install.mjs";
import { installNodePeers, installPeers } from "./peers.mjs";

if (spawnSync("wrk", ["--version"]).error) {
  stop("The benchmark needs the load generator wrk: apt-get install wrk");
}
installAndBuild();
// What cannot be installed is told of there: its servers are not run.
installPeers();
installNodePeers();
process.chdir(root);
if (process.env.npm_lifecycle_event === "bench") endWithParent();
await import(pathToFileURL(join(root, "build", "bench", "main.js")).href);
