import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { get, PorticoRun, type RunEnd, runToEnd } from "../support/portico-run.ts";

const here = mkdtempSync(join(tmpdir(), "portico-config-"));
after(() => rmSync(here, { recursive: true }));

const SITE = `export const app = (environ, start) => {
  start("200 OK", [["Content-Type", "text/plain"]]);
  return [Buffer.from([process.env.GREETING, process.cwd(), process.title].join(" "))];
};`;

/** A directory of a test's own, with a site and these files. */
function directory(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(here, "site-"));
  for (const [name, text] of Object.entries({ "site.mjs": SITE, ...files })) {
    writeFileSync(join(path, name), text);
  }
  return path;
}

const ANYWHERE = ["-b", "127.0.0.1:0"];

/** What `--print-config` says of one setting. */
async function printed(
  name: string,
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string | undefined> {
  const { code, stdout, stderr } = await runToEnd({
    args: ["--print-config", ...args],
    cwd,
    env,
  });
  assert.equal(code, 0, stderr);
  return new RegExp(`^${name} += (.*)$`, "m").exec(stdout)?.[1];
}

function check(cwd: string, args: readonly string[] = []): Promise<RunEnd> {
  return runToEnd({ args: ["--check-config", ...args, "site.mjs"], cwd });
}

test("a file that nobody has named is left alone with --sandbox, with a line that says so", async () => {
  for (const name of ["portico.config.mjs", "gunicorn.conf.py"]) {
    const cwd = directory({ [name]: "throw new Error(1)", "app.py": "def app(e, s): ..." });
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, "--sandbox", "app.py"], cwd });
    await run.stderr.line(
      new RegExp(`${name} is not read with --sandbox, unless --config names it$`),
    );
  }
});

for (const flag of ["--check-config", "--print-config"]) {
  test(`${flag} says what has no effect, as a start does`, async () => {
    const args = [flag, "--worker-connections", "9", "site.mjs"];
    const env = { PORTICO_WROKERS: "3" };
    const { code, stderr } = await runToEnd({ args, cwd: directory({}), env });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /\[INFO\] --worker-connections /);
    assert.match(
      stderr,
      /\[INFO\] PORTICO_WROKERS is set and names no setting; did you mean PORTICO_WORKERS\?$/m,
    );
  });
}

describe("a setting's value comes, the weightiest first,", { concurrency: 2 }, () => {
  const files = { "portico.config.mjs": "export default { workers: 3 };" };
  const all = { WEB_CONCURRENCY: "2", GUNICORN_CMD_ARGS: "--workers 4", PORTICO_WORKERS: "5" };
  const sources: readonly (readonly [
    string,
    readonly string[],
    Readonly<Record<string, string>>,
  ])[] = [
    ["6  (command line --workers)", ["-w6"], all],
    ["5  (environment PORTICO_WORKERS)", [], all],
    ["4  (GUNICORN_CMD_ARGS --workers)", [], { ...all, PORTICO_WORKERS: "" }],
    ["3  (portico.config.mjs: workers)", [], { WEB_CONCURRENCY: "2" }],
  ];
  for (const [value, args, env] of sources) {
    test(value.slice(3), async () => {
      const said = await printed("workers", directory(files), [...args, "site.mjs"], env);
      assert.equal(said, value);
    });
  }

  test("(environment WEB_CONCURRENCY), then (default)", async () => {
    const cwd = directory({});
    const env = { WEB_CONCURRENCY: "2" };
    const said = await printed("workers", cwd, ["site.mjs"], env);
    assert.equal(said, "2  (environment WEB_CONCURRENCY)");
    assert.equal(await printed("workers", cwd, ["site.mjs"]), "1  (default)");
  });
});

describe("a configuration file", { concurrency: 2 }, () => {
  const typed = `import { defineConfig, type Config } from "portico";
    const settings: Config = { workers: 3 };
    export default defineConfig({ ...settings, bind: ["127.0.0.1:0"], target: "./site.mjs" });`;
  const kinds: readonly (readonly [string, string])[] = [
    ["portico.config.ts", typed],
    ["portico.config.js", "module.exports = { workers: 3 };"],
    ["portico.config.mjs", "export default Promise.resolve({ workers: 3 });"],
    ["portico.config.json", '{ "workers": 3 }'],
  ];
  for (const [name, text] of kinds) {
    test(`called ${name} is found in the working directory`, async () => {
      const said = await printed("workers", directory({ [name]: text }), ["site.mjs"]);
      assert.equal(said, `3  (${name}: workers)`);
    });
  }

  test("is the one that --config, PORTICO_CONFIG or GUNICORN_CMD_ARGS names", async () => {
    const cwd = directory({
      "portico.config.json": '{ "workers": 2 }',
      "other.json": '{ "workers": 3 }',
    });
    const value = "3  (other.json: workers)";
    assert.equal(await printed("workers", cwd, ["-c", "other.json", "site.mjs"]), value);
    const own = { PORTICO_CONFIG: "other.json" };
    assert.equal(await printed("workers", cwd, ["site.mjs"], own), value);
    const inherited = { GUNICORN_CMD_ARGS: "-cother.json" };
    assert.equal(await printed("workers", cwd, ["site.mjs"], inherited), value);
  });

  test("may name the application, and where to serve it", async () => {
    const cwd = directory({ "portico.config.ts": typed });
    await using run = await PorticoRun.serving({ args: ["-w1"], cwd });
    assert.equal((await run.get("/")).status, 200);
  });

  test("counts for all server workers, wherever --chdir leads and whatever it says later", async () => {
    const text = '{ "workers": 2, "chdir": "inner", "env": { "GREETING": "hello" } }';
    const cwd = directory({ "portico.config.json": text });
    mkdirSync(join(cwd, "inner"));
    writeFileSync(join(cwd, "inner", "site.mjs"), SITE);
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, "site.mjs"], cwd });
    writeFileSync(join(cwd, "portico.config.json"), "broken");
    const [worker = 0] = run.descendants;
    process.kill(worker, "SIGKILL");
    await run.stderr.line(/another takes its place/);
    const { text: said } = await run.get("/");
    assert.ok(said.startsWith(`hello ${join(cwd, "inner")} `), said);
  });

  for (const [what, files, args, message] of [
    [
      "that names no setting",
      { "portico.config.json": '{ "worker": 3 }' },
      [],
      "portico: portico.config.json: there is no setting worker; did you mean workers?\n",
    ],
    [
      "with a bad value",
      { "portico.config.mjs": "export default { workers: 0 };" },
      [],
      'portico: portico.config.mjs: workers: "0" is not a whole number of at least 1\n',
    ],
    [
      "beside another",
      { "portico.config.json": "{}", "portico.config.mjs": "" },
      [],
      "portico: there are both portico.config.mjs and portico.config.json; choose one with --config\n",
    ],
  ] as const) {
    test(`${what} is refused with one line and status 2`, async () => {
      const { code, stderr } = await check(directory(files), args);
      assert.deepEqual([stderr, code], [message, 2]);
    });
  }

  for (const [what, files, args, message] of [
    [
      "that is no JSON",
      { "portico.config.json": "{" },
      [],
      /^portico: portico\.config\.json: .*JSON/,
    ],
    [
      "that throws",
      { "portico.config.mjs": 'throw new Error("no such luck");' },
      [],
      /^portico: portico\.config\.mjs: cannot import .*\nError: no such luck\n/,
    ],
    [
      "without a default export",
      { "portico.config.mjs": "export const workers = 3;" },
      [],
      /^portico: portico\.config\.mjs: nothing is exported as default; write export default/,
    ],
    ["that is not there", {}, ["-c", "no.ts"], /^portico: no\.ts: there is no such file\n$/],
  ] as const) {
    test(`${what} is refused with its name and status 1`, async () => {
      const { code, stderr } = await check(directory(files), args);
      assert.match(stderr, message);
      assert.equal(code, 1);
    });
  }
});

describe("the process", { concurrency: 2 }, () => {
  test("is called by --name, the supervisor's workers too", async () => {
    const cwd = directory({});
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, "-nshop", "site.mjs"], cwd });
    assert.ok((await run.get("/")).text.endsWith(" portico: server worker [shop]"));
    const title = readFileSync(`/proc/${run.pid}/cmdline`, "utf8");
    assert.match(title, /^portico: supervisor \[shop\]/);
  });

  test("writes its number into --pid, and takes it away when it ends", async () => {
    const cwd = directory({ "server.pid": "999999999\n" });
    const args = [...ANYWHERE, "--pid", "server.pid", "site.mjs"];
    await using run = await PorticoRun.serving({ args, cwd });
    assert.equal(readFileSync(join(cwd, "server.pid"), "utf8"), `${run.pid}\n`);
    const { code, stderr } = await runToEnd({ args, cwd });
    assert.deepEqual(
      [stderr.split("\n")[0], code],
      [
        `portico: --pid: server.pid names process ${run.pid}, which runs; stop it, or remove the file if it is stale`,
        1,
      ],
    );
    assert.equal(readFileSync(join(cwd, "server.pid"), "utf8"), `${run.pid}\n`);
    run.kill("SIGTERM");
    assert.equal((await run.ended).code, 0);
    assert.equal(existsSync(join(cwd, "server.pid")), false);
  });

  test("cannot start where --pid cannot be written", async () => {
    const args = ["--pid", "missing/server.pid", "site.mjs"];
    const { code, stderr } = await runToEnd({ args, cwd: directory({}) });
    assert.match(
      stderr,
      /^portico: --pid: missing\/server\.pid cannot be written: no such file or directory \(ENOENT\)$/m,
    );
    assert.equal(code, 1);
  });

  test("makes Unix sockets that all may use, but for the rights that --umask takes", async () => {
    const cwd = directory({});
    for (const [mask, mode] of [
      ["0", 0o777],
      ["0o27", 0o750],
    ] as const) {
      const args = ["-b", "unix:site.sock", "-m", mask, "site.mjs"];
      await using run = await PorticoRun.serving({ args, cwd });
      assert.equal(statSync(join(cwd, "site.sock")).mode & 0o777, mode);
      assert.equal((await get(`unix:${join(cwd, "site.sock")}`, "/")).status, 200);
      run.kill("SIGTERM");
      await run.ended;
    }
  });
});
