/** `npm run check`: every check of the sources that is not a test, each reported on one line. */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { installAndBuild, prepareVenv, root } from "./install.mjs";

const longestMedian = 150;
const longestFile = 400;

const tsc = ["node_modules/typescript/bin/tsc"];
const biome = ["node_modules/@biomejs/biome/bin/biome"];
const pyright = ["node_modules/pyright/index.js", "--pythonpath", ".venv/bin/python"];
const ruff = ["scripts/venv.mjs", "ruff"];
const pythonFolders = ["python", "test", "scripts", "examples", "bench", "peers"];

/** Each check resolves to the text of what it found wrong; an empty one means nothing. */
const checks = {
  "biome check": () => node(...biome, "check", "--colors=off", "."),
  "tsc --noEmit": () => node(...tsc, "-p", "tsconfig.json", "--noEmit"),
  pyright: () => node(...pyright, "-p", "python"),
  "ruff check": () => node(...ruff, "check", ...pythonFolders),
  "ruff format --check": () => node(...ruff, "format", "--check", ...pythonFolders),
  "generated files": () => node("scripts/generate.mjs", "--check"),
  "length of source files": sourceLengths,
  "content of the package": packageContent,
};

installAndBuild();
prepareVenv();
const running = Object.entries(checks).map(([name, check]) => [name, check()]);
let failed = 0;
for (const [name, outcome] of running) {
  const wrong = await outcome;
  console.log(`${wrong === "" ? "ok    " : "FAILED"} ${name}`);
  if (wrong === "") continue;
  failed += 1;
  console.log(wrong.trimEnd().replace(/^/gm, "       "));
}
console.log(`\n${running.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

async function node(...args) {
  const { status, output } = await collect(process.execPath, args);
  return status === 0 ? "" : `${output}\nexit status ${status}: node ${args.join(" ")}`;
}

function collect(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let standardOutput = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
      standardOutput += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    child.on("error", (error) => resolve({ status: error.message, output, standardOutput }));
    child.on("close", (status) => resolve({ status, output, standardOutput }));
  });
}

async function sourceLengths() {
  const files = [
    ...sources("src", ".ts"),
    ...sources("python/probe", ".py"),
    ...sources("python/src", ".py"),
  ]
    .map((path) => ({ path, lines: readFileSync(join(root, path), "utf8").split("\n").length - 1 }))
    .sort((a, b) => a.lines - b.lines);
  const median = files[Math.floor(files.length / 2)]?.lines ?? 0;
  return [
    ...files
      .filter(({ lines }) => lines > longestFile)
      .map(({ path, lines }) => `${path} has ${lines} lines; at most ${longestFile} are allowed`),
    ...(median > longestMedian
      ? [`the median file has ${median} lines; at most ${longestMedian} are allowed`]
      : []),
  ].join("\n");
}

/** What a user of the published package needs is in it, and nothing that only developers need. */
async function packageContent() {
  const { status, output, standardOutput } = await collect("npm", ["pack", "--dry-run", "--json"]);
  if (status !== 0) return output;
  const packed = new Set(JSON.parse(standardOutput)[0].files.map(({ path }) => path));
  const wanted = [
    ...["README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "LICENSE"],
    ...["CHANGELOG.md", "SIGNALS.md"],
    ...["package.json", "bin/portico.mjs", "docs/settings.md", "docs/lint.md", "docs/probe.md"],
    ...["deploy/portico.service", "deploy/portico.socket", "deploy/Dockerfile"],
    ...["spec/bridge.md", "spec/wsgi-typescript.md"],
    ...sources("python/probe", ".py"),
    ...sources("python/src", ".py"),
    ...sources("src", ".ts").flatMap((path) => [
      path.replace(/^(.*)\.ts$/, "build/$1.js"),
      path.replace(/^(.*)\.ts$/, "build/$1.d.ts"),
    ]),
  ];
  const unwanted = /(^|\/)(test|tests|bench|peers|conformance|examples|__pycache__|\.venv)\//;
  return [
    ...wanted.filter((path) => !packed.has(path)).map((path) => `missing: ${path}`),
    ...[...packed].filter((path) => unwanted.test(path)).map((path) => `superfluous: ${path}`),
  ].join("\n");
}

/** The files of a folder with this ending, as paths from the repository's root. */
function sources(folder, ending) {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));
}
