/** `npm run bench [-- OPTIONS]`: installs Portico and its peers, builds, and runs build/bench/main.js. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { endWithParent, installAndBuild, root, stop } from "./install.mjs";
import { installNodePeers, installPeers } from "./peers.mjs";

installAndBuild();
process.chdir(root);
if (await isRace()) {
  if (spawnSync("wrk", ["--version"]).error) {
    stop("The benchmark needs the load generator wrk: apt-get install wrk");
  }
  // What cannot be installed is told of there: its servers are not run.
  installPeers();
  installNodePeers();
}
if (process.env.npm_lifecycle_event === "bench") endWithParent();
await import(built("main.js"));

/** For help, the list and what main.js will say of a mistake nobody has to wait for compilers. */
async function isRace() {
  const { readPlan } = await import(built("plan.js"));
  try {
    return readPlan(process.argv.slice(2)).does === "race";
  } catch {
    return false;
  }
}

function built(file) {
  return pathToFileURL(join(root, "build", "bench", file)).href;
}
