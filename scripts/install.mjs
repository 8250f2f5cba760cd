/**
 * Brings a clone up to date: npm's packages, then the compiled TypeScript.
 * Runs before either is there, so it needs Node.js alone and syntax that old ones still read.
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Options of npm that a program runs. */
export const quietly = ["--no-audit", "--no-fund", "--loglevel=error"];

export const root = fileURLToPath(new URL("..", import.meta.url));

const sourceFolders = ["src", "test", "examples", "peers", "bench", "conformance"];
const configurations = ["tsconfig.json", "package.json", "package-lock.json"];
const notSources = new Set([".venv", "node_modules", "__pycache__"]);
const buildStamp = join(root, "build", ".stamp");

/** Installs and builds what is missing or stale; ends the process with one line if it cannot. */
export function installAndBuild() {
  refuseOldNode();
  if (!packagesAreInstalled(root)) {
    console.error("Installing packages ...");
    run("npm", ["ci", ...quietly]);
  }
  const started = new Date();
  const sources = sourceFolders.flatMap(listSources).sort();
  if (buildIsFresh(sources)) return;
  console.error("Compiling ...");
  run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"]);
  removeOrphans(join(root, "build"));
  fs.writeFileSync(buildStamp, sources.join("\n"));
  fs.utimesSync(buildStamp, started, started);
}

/** Makes .venv and installs test/requirements.txt there, if that is not done. */
export function prepareVenv() {
  run(process.execPath, ["scripts/venv.mjs"]);
}

/** Runs a command in the repository's root; ends the process if it fails. */
export function run(command, args) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", process.stderr.fd, "inherit"],
  });
  if (status === 0) return;
  const why = error?.message ?? signal ?? `exit status ${status}`;
  stop(`${[command, ...args].join(" ")} failed: ${why}`);
}

/**
 * Ends this process as TERM does once its parent is gone: the shell that npm runs a script in
 * dies of npm's TERM without passing it on, and would leave a server behind.
 */
export function endWithParent() {
  const parent = process.ppid;
  const look = () => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  };
  const timer = setInterval(look, 500).unref();
}

/** Ends the process with one line that says why. */
export function stop(line, status = 1) {
  console.error(line);
  process.exit(status);
}

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  stop(`Portico needs Node.js 20.19 or newer; this is ${process.version} (${process.execPath}).`);
}

/** npm notes in node_modules/.package-lock.json what it has installed there. */
export function packagesAreInstalled(folder) {
  const note = join(folder, "node_modules", ".package-lock.json");
  if (!fs.existsSync(note)) return false;
  const installed = readPackages(note);
  return Object.entries(readPackages(join(folder, "package-lock.json"))).every(
    ([name, wanted]) =>
      name === "" || wanted.optional || installed[name]?.version === wanted.version,
  );
}

function readPackages(lockFile) {
  return JSON.parse(fs.readFileSync(lockFile, "utf8")).packages;
}

/** The stamp is as old as the build's start and lists its sources, so that a removed one is missed. */
function buildIsFresh(sources) {
  const built = fs.statSync(buildStamp, { throwIfNoEntry: false });
  if (built === undefined || fs.readFileSync(buildStamp, "utf8") !== sources.join("\n")) {
    return false;
  }
  return [...configurations, ...sources].every(
    (path) => fs.statSync(join(root, path)).mtimeMs < built.mtimeMs,
  );
}

/** The TypeScript files below a folder, as paths from the repository's root. */
function listSources(folder) {
  return fs.readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return notSources.has(entry.name) ? [] : listSources(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}

/** Removes what the compiler made of sources that are gone, lest a test outlive its file. */
function removeOrphans(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      removeOrphans(path);
      continue;
    }
    const source = relative(join(root, "build"), path).replace(/\.(d\.ts|js|js\.map)$/, ".ts");
    if (source.endsWith(".ts") && !fs.existsSync(join(root, source))) fs.rmSync(path);
  }
}
