/** `npm run bench [-- OPTIONS]`: installs Portico and its peers, builds, and runs build/bench/main.js. */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { endWithParent, installAndBuild, root, run, stop } from "./install.mjs";

const venv = join("bench", ".venv");
const python = join(venv, "bin", "python");
const requirements = join("bench", "requirements.txt");
const installedRequirements = join(venv, "requirements.txt");

if (spawnSync("wrk", ["--version"]).error) {
  stop("The benchmark needs the load generator wrk: apt-get install wrk");
}
installAndBuild();
installPeers();
process.chdir(root);
if (process.env.npm_lifecycle_event === "bench") endWithParent();
await import(pathToFileURL(join(root, "build", "bench", "main.js")).href);

/** Makes bench/.venv; uWSGI is compiled there, which takes a C compiler and half a minute. */
function installPeers() {
  if (read(installedRequirements) === read(requirements)) return;
  console.error("Installing gunicorn, uWSGI and Flask into bench/.venv ...");
  run(process.env.PYTHON || "python3", ["-m", "venv", "--clear", venv]);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  run(python, [...pip, "-r", requirements]);
  copyFileSync(join(root, requirements), join(root, installedRequirements));
}

function read(path) {
  const whole = join(root, path);
  return existsSync(whole) ? readFileSync(whole, "utf8") : undefined;
}
