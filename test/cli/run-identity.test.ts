import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { OtherProcess } from "../support/other-process.ts";
import { get, PorticoRun, type RunOptions, runToEnd } from "../support/portico-run.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { until } from "../support/until.ts";
import { Versions } from "../support/versions.ts";

const PYTHON = "/usr/bin/python3";
const ANYWHERE = ["-b", "127.0.0.1:0"];
/** A user that every system has. */
const NOBODY = numbersOf("nobody");

function numbersOf(user: string): { readonly uid: number; readonly gid: number } {
  const ask = (what: string): number =>
    Number(spawnSync("id", [what, user], { encoding: "utf8" }).stdout);
  return { uid: ask("-u"), gid: ask("-g") };
}

/** Only root can become another; who that is must be able to read the program, too. */
function whyNot(): string | false {
  if (process.getuid?.() !== 0) return "only root can become another user";
  const program = join(repositoryRoot, "bin/portico.mjs");
  const read = `fs.accessSync(${JSON.stringify(program)}, fs.constants.R_OK)`;
  const { status } = spawnSync(process.execPath, ["-e", read], NOBODY);
  return status === 0 ? false : "nobody else can run Node.js here, or read this repository";
}

const skip = whyNot();
const skipPython = skip || (existsSync(PYTHON) ? false : `there is no ${PYTHON}`);

/** A directory that another user may go to. */
function written(): Versions {
  const versions = new Versions();
  versions.writePython("one");
  versions.writeTypeScript("one");
  chmodSync(versions.directory, 0o755);
  return versions;
}

interface Credentials {
  readonly uids: string;
  readonly gids: string;
  readonly groups: string;
}

/** Real, effective, saved and of the file system. */
function credentialsOf(pid: number): Credentials {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const field = (name: string): string =>
    new RegExp(`^${name}:\\s*(.*?)\\s*$`, "m").exec(status)?.[1]?.replace(/\s+/g, " ") ?? "";
  return { uids: field("Uid"), gids: field("Gid"), groups: field("Groups") };
}

function fourTimes(id: number): string {
  return Array.from({ length: 4 }, () => id).join(" ");
}

for (const [name, target, reason] of [
  ["a Python application", "shop:app", skipPython],
  ["a TypeScript application", "./shop.ts", skip],
] as const) {
  describe(`--user with ${name}`, { skip: reason }, () => {
    test("is whom every process becomes, in no group but its own", async () => {
      using versions = written();
      const args = ["--python", PYTHON, ...ANYWHERE, "-u", "nobody", "-w", "2", target];
      const { directory: cwd } = versions;
      await using run = await PorticoRun.serving({ args, cwd, ownPython: true });
      assert.equal((await run.get("/")).status, 200);
      const { uid, gid } = NOBODY;
      const expected = { uids: fourTimes(uid), gids: fourTimes(gid), groups: String(gid) };
      for (const pid of [run.pid, ...run.descendants]) {
        assert.deepEqual(credentialsOf(pid), expected);
      }
    });

    test("owns the logs, the number's file and the Unix socket, and can open the logs anew", async () => {
      using versions = written();
      const { directory: cwd } = versions;
      const path = join(cwd, "portico.sock");
      const files = ["error.log", "access.log", "server.pid"].map((file) => join(cwd, file));
      const [errors = "", accesses = "", number = ""] = files;
      const logs = ["--error-logfile", errors, "--access-logfile", accesses, "--pid", number];
      const bound = ["-b", `unix:${path}`, "-m", "0007"];
      const args = ["--python", PYTHON, ...bound, ...logs, "-u", "nobody", target];
      await using run = new PorticoRun({ args, cwd, ownPython: true });
      await until("it is ready", () => {
        return existsSync(errors) && readFileSync(errors, "utf8").includes("Ready");
      });
      for (const file of [...files, path]) {
        const { uid, gid } = statSync(file);
        assert.deepEqual({ uid, gid }, NOBODY, file);
      }
      assert.equal(statSync(path).mode & 0o777, 0o770);
      run.kill("SIGUSR1");
      assert.equal((await get(`unix:${path}`, "/")).status, 200);
      run.kill("SIGTERM");
      assert.equal((await run.ended).code, 0);
      assert.doesNotMatch(readFileSync(errors, "utf8"), /ERROR/);
      assert.match(readFileSync(accesses, "utf8"), /"GET \/ HTTP\/1\.1" 200/);
      assert.equal(existsSync(number) && readFileSync(number, "utf8") !== "", false);
    });
  });
}

describe("--user, --group and --initgroups", { skip }, () => {
  test("--group is the only group", async () => {
    using versions = written();
    const args = [...ANYWHERE, "-u", String(NOBODY.uid), "-g", "daemon", "./shop.ts"];
    await using run = await PorticoRun.serving({ args, cwd: versions.directory });
    const { gid } = numbersOf("daemon");
    for (const pid of [run.pid, ...run.descendants]) {
      assert.deepEqual(credentialsOf(pid), {
        ...{ uids: fourTimes(NOBODY.uid), gids: fourTimes(gid), groups: String(gid) },
      });
    }
  });

  test("is not given what a link in place of a log leads to", async () => {
    using versions = written();
    const { directory: cwd } = versions;
    const victim = join(cwd, "of root");
    writeFileSync(victim, "");
    symlinkSync(victim, join(cwd, "access.log"));
    const args = [...ANYWHERE, "-u", "nobody", "--access-logfile", "access.log", "./shop.ts"];
    const { stderr } = await runToEnd({ args, cwd });
    assert.match(stderr, /cannot open "access\.log" for writing: permission denied/);
    assert.equal(statSync(victim).uid, 0);
  });

  test("--initgroups adds the groups that the user is a member of", async () => {
    using versions = written();
    const { directory: cwd } = versions;
    const args = [...ANYWHERE, "-u", "nobody", "-g", "daemon", "--initgroups", "./shop.ts"];
    await using run = await PorticoRun.serving({ args, cwd });
    const known = spawnSync("id", ["-G", "nobody"], { encoding: "utf8" }).stdout.trim().split(" ");
    const { gid } = numbersOf("daemon");
    const { groups } = credentialsOf(run.pid);
    // The user's own group is replaced by --group.
    const expected = [...known.filter((group) => group !== String(NOBODY.gid)), String(gid)];
    assert.deepEqual(groups.split(" ").sort(), expected.sort());
  });

  test("a port below 1024 is listened on before", async () => {
    using versions = written();
    // Free on most machines, and only this test's.
    const args = ["-b", "127.0.0.97:997", "-u", "nobody", "./shop.ts"];
    await using run = await PorticoRun.serving({ args, cwd: versions.directory });
    assert.equal((await run.get("/")).status, 200);
    assert.equal(credentialsOf(run.server).uids, fourTimes(NOBODY.uid));
  });

  test("a new server at USR2 is the same user", async () => {
    using versions = written();
    const { directory: cwd } = versions;
    chownSync(cwd, NOBODY.uid, NOBODY.gid);
    const args = [...ANYWHERE, "-u", "nobody", "--pid", "server.pid", "./shop.ts"];
    await using run = await PorticoRun.serving({ args, cwd });
    run.kill("SIGUSR2");
    await run.stderr.line(/The new server \(pid:\d+\) is ready/);
    await using successor = OtherProcess.in(join(cwd, "server.pid.2"));
    const { uid, gid } = NOBODY;
    const expected = { uids: fourTimes(uid), gids: fourTimes(gid), groups: String(gid) };
    assert.deepEqual(credentialsOf(successor.pid), expected);
    assert.equal((await run.get("/")).status, 200);
  });

  const refused: readonly (readonly [args: readonly string[], line: string])[] = [
    [["-u", "no_such_user"], "--user: there is no user no_such_user; give one that exists"],
    [["-g", "no_such_group"], "--group: there is no group no_such_group; give one that exists"],
    [
      ["-u", "3999999999"],
      "--user 3999999999: the system's list says no group of this user; give --group too",
    ],
    [["--initgroups"], "--initgroups: whose groups are they to be? give --user too"],
    [["--user=-x"], '--user: "-x" is neither a name nor a number'],
  ];
  for (const [args, line] of refused) {
    test(`${args.join(" ")} is refused in one line`, async () => {
      using versions = written();
      const all = [...ANYWHERE, ...args, "./shop.ts"];
      const { code, stderr } = await runToEnd({ args: all, cwd: versions.directory });
      assert.deepEqual({ code, stderr }, { code: 2, stderr: `portico: ${line}\n` });
    });
  }

  test("a target that this user may not read is refused in one line", async () => {
    using versions = written();
    const { uid, gid } = NOBODY;
    chmodSync(join(versions.directory, "shop.ts"), 0o600);
    const through = ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
    const { code, stderr } = await runToEnd({
      args: [...ANYWHERE, "./shop.ts"],
      ...{ cwd: versions.directory, through, ownPython: true },
    });
    const remedy = "give it the right to, or start as its owner";
    const line = `./shop.ts may not be read by this user (uid ${uid}); ${remedy}`;
    assert.deepEqual({ code, stderr }, { code: 1, stderr: `portico: ${line}\n` });
  });

  test("whoever is not root is told so, and may name themselves", async () => {
    using versions = written();
    const { uid, gid } = NOBODY;
    const through = ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
    const options = (user: string): RunOptions => ({
      args: [...ANYWHERE, "-u", user, "./shop.ts"],
      ...{ cwd: versions.directory, through, ownPython: true },
    });
    const { code, stderr } = await runToEnd(options("daemon"));
    const line = "--user: only root may become another; start it as root, or leave it out";
    assert.deepEqual({ code, stderr }, { code: 2, stderr: `portico: ${line}\n` });
    await using run = await PorticoRun.serving(options("nobody"));
    assert.equal((await run.get("/")).status, 200);
  });
});
