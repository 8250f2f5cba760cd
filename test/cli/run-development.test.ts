import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { ANYWHERE, CONF, configuredSite, TARGET } from "../support/configured-site.ts";
import { get, PorticoRun } from "../support/portico-run.ts";
import { Versions } from "../support/versions.ts";

const here = mkdtempSync(join(tmpdir(), "portico-development-"));
after(() => rmSync(here, { recursive: true }));

const NO_APPLICATION = /\[WARNING\] Every request is answered with the error/;
const RELOADED = /\[INFO\] Reloaded: \d workers? of the new code$/;

function written(version: string, importTakes = 0): Versions {
  const versions = new Versions();
  versions.writePython(version, { importTakes });
  versions.writeTypeScript(version, { importTakes });
  return versions;
}

function developing(versions: Versions, ...args: readonly string[]): Promise<PorticoRun> {
  const cwd = versions.directory;
  return PorticoRun.serving({ args: ["--reload", ...ANYWHERE, ...args], cwd });
}

async function version(run: PorticoRun): Promise<string | undefined> {
  return (await run.get("/")).text.split(" ")[0];
}

const TARGETS: readonly (readonly [string, string, readonly string[]])[] = [
  ["a Python application", "shop.py", ["shop:app"]],
  ["a Python application on Pyodide", "shop.py", ["--engine", "pyodide", "shop:app"]],
  ["a TypeScript application", "shop.ts", ["./shop.ts"]],
  ["a TypeScript application in two workers", "shop.ts", ["-w", "2", "./shop.ts"]],
];

for (const [name, file, args] of TARGETS) {
  describe(`--reload of ${name}:`, { concurrency: 2 }, () => {
    test("a request after a change waits for the new code", async () => {
      using versions = written("one");
      await using run = await developing(versions, ...args);
      assert.equal(await version(run), "one");
      versions.writePython("two", { importTakes: 0.3 });
      versions.writeTypeScript("two", { importTakes: 0.3 });
      await run.stderr.line(new RegExp(`Changed: .*${file}|Changed: shop.py and 1 more`));
      assert.equal(await version(run), "two");
    });

    test("what cannot be loaded is shown, and the next change mends it", async () => {
      using versions = written("one");
      await using run = await developing(versions, ...args);
      versions.breakAll();
      await run.stderr.line(NO_APPLICATION);
      const shown = await get(run.url, "/", { accept: "text/html" });
      assert.equal(shown.status, 500);
      assert.match(shown.text, /<pre>.*(?:nothing_that_there_is|broken on purpose)/s);
      versions.writePython("two");
      versions.writeTypeScript("two");
      await run.stderr.line(RELOADED);
      assert.equal(await version(run), "two");
    });

    test("a start with broken code waits for the change that mends it", async () => {
      using versions = written("one");
      versions.breakAll();
      await using run = await developing(versions, ...args);
      assert.equal((await run.get("/")).status, 500);
      versions.writePython("two");
      versions.writeTypeScript("two");
      await run.stderr.line(/\[INFO\] Changed: /);
      assert.equal(await version(run), "two");
    });

    test("a connection that was kept shows no old code", async () => {
      using versions = written("one");
      await using run = await developing(versions, ...args);
      const socket = connect(Number(new URL(run.url).port), "127.0.0.1");
      socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      await once(socket, "data");
      const closed = once(socket, "close");
      versions.writePython("two");
      versions.writeTypeScript("two");
      await closed;
      await run.stderr.line(/Changed: shop/);
    });
  });
}

describe("--reload", { concurrency: 2 }, () => {
  test("names what has changed, and passes over files that count for nothing", async () => {
    using versions = written("one");
    const write = (file: string): void => writeFileSync(join(versions.directory, file), "x = 1\n");
    await using run = await developing(versions, "--reload-extra-file", "*.html", "shop:app");
    write("notes.txt");
    write("index.html");
    assert.match(await run.stderr.line(/Changed/), /Changed: index\.html$/);
    await run.stderr.line(RELOADED);
    write("settings.py");
    await run.stderr.line(/Changed: settings\.py$/);
    assert.doesNotMatch(run.stderr.text, /notes/);
  });

  test("that looks by itself sees changes too", async () => {
    using versions = written("one");
    await using run = await developing(versions, "--reload-engine", "poll", "shop:app");
    versions.writePython("a longer name");
    await run.stderr.line(/Changed: shop\.py$/);
    assert.equal(await version(run), "a");
  });

  test("a worker that dies is replaced, as ever", async () => {
    using versions = written("one");
    await using run = await developing(versions, "shop:app");
    assert.equal((await run.get("/die")).status, 502);
    assert.equal(await version(run), "one");
  });

  test("runs the hooks of a gunicorn configuration that are about workers and about the server", async () => {
    const conf = `
def post_fork(server, worker):
    server.log.info("post_fork of %s", worker.age)
def on_reload(server):
    server.log.info("on_reload")
def pre_fork(server, worker):
    pass
`;
    const cwd = configuredSite(here, { [CONF]: conf });
    const args = ["--reload", ...ANYWHERE, TARGET];
    await using run = await PorticoRun.serving({ args, cwd });
    assert.match(run.stderr.text, /post_fork of 1/);
    assert.match(run.stderr.text, /pre_fork is not run: workers are started elsewhere/);
    writeFileSync(join(cwd, "other.py"), "");
    await run.stderr.line(/on_reload/);
  });

  test("stops as any server", async () => {
    using versions = written("one");
    await using run = await developing(versions, "shop:app");
    run.kill("SIGTERM");
    const end = await run.ended;
    assert.equal(end.code, 0);
    assert.match(end.stderr, /Shutting down: portico/);
  });
});
