/**
 * Owns peers/.venv and peers/node/node_modules: the servers that Portico is compared with, as
 * peers/requirements.txt and peers/node/package-lock.json pin them.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packagesAreInstalled, quietly, root, run } from "./install.mjs";

const venv = join("peers", ".venv");
const python = join(venv, "bin", "python");
const pip = ["-m", "pip", "--disable-pip-version-check"];

/**
 * Installs those of the packages that are missing; without names, all of them.
 * Each on its own, since one that cannot be compiled here must not keep the others away.
 * @returns the packages that could not be installed
 */
export function installPeers(names) {
  const pins = readFileSync(join(root, "peers", "requirements.txt"), "utf8")
    .split("\n")
    .filter((line) => /^\w/.test(line));
  const wanted = pins.filter((pin) => names === undefined || names.includes(nameOf(pin)));
  if (!existsSync(join(root, python))) {
    run(process.env.PYTHON || "python3", ["-m", "venv", "--clear", venv]);
  }
  const there = installed();
  const missing = wanted.filter((pin) => !there.has(normal(pin)));
  return missing.filter((pin) => !install(pin)).map(nameOf);
}

/** Installs them if they are missing or others; says so if they cannot be. */
export function installNodePeers() {
  const folder = join(root, "peers", "node");
  if (packagesAreInstalled(folder)) return;
  console.error("Installing peers/node ...");
  const { status } = spawnSync("npm", ["ci", ...quietly, "--ignore-scripts"], {
    cwd: folder,
    stdio: ["ignore", process.stderr.fd, "inherit"],
  });
  if (status !== 0) console.error("npm could not install peers/node: its servers are not run.");
}

function nameOf(pin) {
  return pin.split("==")[0];
}

function installed() {
  const { stdout } = spawnSync(python, [...pip, "list", "--format=freeze"], {
    cwd: root,
    encoding: "utf8",
  });
  return new Set(stdout.split("\n").map(normal));
}

/** pip may list `gunicorn_h1c` as `gunicorn-h1c`. */
function normal(pin) {
  return pin.toLowerCase().replaceAll("_", "-");
}

function install(pin) {
  console.error(`Installing ${pin} into ${venv} ...`);
  const { status } = spawnSync(python, [...pip, "install", "--quiet", pin], {
    cwd: root,
    stdio: ["ignore", process.stderr.fd, "inherit"],
  });
  return status === 0;
}
