/** `npm test [-- FILE OR FOLDER ...]`: installs, builds, and runs all tests or those named, in both languages. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve, sep } from "node:path";
import { installAndBuild, prepareVenv, root, stop } from "./install.mjs";

const concurrency = 2;
/** Files of tests that measure time: nothing else runs beside them. */
const alone = /\.alone\.test\.[jt]s$/;
const longestFile = 5 * 60_000; // milliseconds; a file that takes longer hangs

const { nodeTests, pythonTests } = select(process.argv.slice(2));
installAndBuild();
prepareVenv();
const reports = mkdtempSync(join(tmpdir(), "portico-test-"));
try {
  const files = nodeTests.flatMap(testFiles).sort();
  conclude([
    ...runNode(
      files.filter((file) => !alone.test(file)),
      concurrency,
    ),
    ...runNode(
      files.filter((file) => alone.test(file)),
      1,
    ),
    ...runPytest(pythonTests),
  ]);
} finally {
  rmSync(reports, { recursive: true, force: true });
}

/** Says which tests are meant; names are relative to where the user was when npm was called. */
function select(names) {
  if (names.length === 0) return { nodeTests: ["test"], pythonTests: ["python/tests"] };
  const paths = names.map((name) => {
    const path = resolve(process.env.INIT_CWD ?? root, name);
    if (!existsSync(path)) stop(`There is no ${path} to test.`, 2);
    return relative(root, path);
  });
  const isPython = (path) => path.split(sep)[0] === "python";
  return {
    nodeTests: paths.filter((path) => !isPython(path)),
    pythonTests: paths.filter(isPython),
  };
}

function runNode(files, atATime) {
  if (files.length === 0) return [];
  const summary = join(reports, `node-${atATime}.tap`);
  const status = runTests([
    "--enable-source-maps",
    "--test",
    `--test-concurrency=${atATime}`,
    `--test-timeout=${longestFile}`,
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    "--test-reporter=tap",
    `--test-reporter-destination=${summary}`,
    ...files,
  ]);
  const text = existsSync(summary) ? readFileSync(summary, "utf8") : "";
  // The totals are TAP's last comments (what tests print comes as comments before them);
  // a file that cannot be loaded is among the failed ones.
  const count = (name) => {
    const last = [...text.matchAll(new RegExp(`^# ${name} (\\d+)$`, "gm"))].at(-1);
    return Number(last?.[1] ?? 0);
  };
  return [
    honest(status, {
      passed: count("pass"),
      failed: count("fail") + count("cancelled"),
      skipped: count("skipped") + count("todo"),
    }),
  ];
}

/** The compiled files of a test or of a folder of tests. */
function testFiles(path) {
  if (!statSync(join(root, path)).isDirectory()) {
    return [join("build", path.replace(/\.ts$/, ".js"))];
  }
  return readdirSync(join(root, path), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join("build", path, name.replace(/\.ts$/, ".js")));
}

function runPytest(paths) {
  if (paths.length === 0) return [];
  const summary = join(reports, "pytest.xml");
  const status = runTests(["scripts/venv.mjs", "pytest", "-rs", `--junitxml=${summary}`, ...paths]);
  const text = existsSync(summary) ? readFileSync(summary, "utf8") : "";
  const totals = text.match(/<testsuite\b[^>]*>/)?.[0] ?? "";
  const count = (name) => Number(totals.match(new RegExp(` ${name}="(\\d+)"`))?.[1] ?? 0);
  const failed = count("failures") + count("errors");
  const skipped = count("skipped");
  return [
    honest(status, { passed: Math.max(0, count("tests") - failed - skipped), failed, skipped }),
  ];
}

function runTests(args) {
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  return status;
}

/** A runner that failed without counting a failure has failed itself. */
function honest(status, counts) {
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function conclude(counts) {
  const sum = (name) => counts.reduce((total, each) => total + each[name], 0);
  const [passed, failed, skipped] = [sum("passed"), sum("failed"), sum("skipped")];
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
