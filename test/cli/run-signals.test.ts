import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Gate } from "../support/gate.ts";
import { get, PorticoRun, type RunAnswer } from "../support/portico-run.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { isRunning, until } from "../support/until.ts";

const LAB = join(repositoryRoot, "test/apps/engines/lab.py:app");
const WAITER = join(repositoryRoot, "test/apps/engines/waiter.ts");
const MIXED = join(repositoryRoot, "test/apps/engines/mixed.ts");
const BROKEN = join(repositoryRoot, "test/apps/broken");
const ANYWHERE = ["-b", "127.0.0.1:0"];

/** A directory with a gate, for one run. */
class Place implements AsyncDisposable {
  readonly directory: string;
  readonly gate: Gate;

  static async make(): Promise<Place> {
    const directory = mkdtempSync(join(tmpdir(), "portico-signals-"));
    return new Place(directory, await Gate.open(join(directory, "gate")));
  }

  private constructor(directory: string, gate: Gate) {
    this.directory = directory;
    this.gate = gate;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gate.close();
    rmSync(this.directory, { recursive: true });
  }
}

const env = { LAB_TARGET: LAB };

/** Name, arguments, where requests wait. */
const TARGETS: readonly (readonly [string, readonly string[], string])[] = [
  ["a Python application", ["-w", "2", LAB], "/wait"],
  ["a preloaded Python application", ["-w", "2", "--preload", LAB], "/wait"],
  ["a TypeScript application", [WAITER], "/wait"],
  ["TypeScript server workers", ["-w", "2", WAITER], "/wait"],
  ["a Python application inside a TypeScript module", [MIXED], "/python/wait"],
];

for (const [name, args, wait] of TARGETS) {
  describe(`${name}:`, { concurrency: 2 }, () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      test(`${signal} lets the request that runs finish, takes no new one, exits 0`, async () => {
        await using place = await Place.make();
        const { directory: cwd, gate } = place;
        await using run = await PorticoRun.serving({ args: [...ANYWHERE, ...args], cwd, env });
        const waiting = run.get(`${wait}/slow`);
        const arrival = await gate.arrival("slow");
        const workers = run.descendants;
        run.kill(signal);
        await run.stderr.line(new RegExp(`Handling signal: ${signal.slice(3).toLowerCase()}$`));
        await refusing(run.url);
        arrival.pass();
        assert.equal((await waiting).status, 200);
        const end = await run.ended;
        assert.equal(end.code, 0);
        assert.match(end.stderr, /\[INFO\] Shutting down: portico\n$/);
        assert.doesNotMatch(end.stderr, /ERROR|CRITICAL|takes its place/);
        assert.deepEqual(workers.filter(isRunning), []);
      });
    }

    test("a second SIGINT does not wait for the request that runs", async () => {
      await using place = await Place.make();
      const { directory: cwd, gate } = place;
      await using run = await PorticoRun.serving({ args: [...ANYWHERE, ...args], cwd, env });
      const cut = assert.rejects(notAnswered(run.get(`${wait}/slow`)));
      await gate.arrival("slow");
      const workers = run.descendants;
      run.kill("SIGINT");
      await run.stderr.line(/Handling signal: int/);
      // One that comes too soon is taken for the same keystroke.
      const pressing = setInterval(() => run.kill("SIGINT"), 100);
      await cut;
      const end = await run.ended;
      clearInterval(pressing);
      assert.equal(end.code, 0);
      assert.doesNotMatch(end.stderr, /--graceful-timeout/);
      assert.deepEqual(workers.filter(isRunning), []);
    });

    test("SIGQUIT does not wait for the request that runs", async () => {
      await using place = await Place.make();
      const { directory: cwd, gate } = place;
      await using run = await PorticoRun.serving({ args: [...ANYWHERE, ...args], cwd, env });
      const cut = assert.rejects(notAnswered(run.get(`${wait}/slow`)));
      await gate.arrival("slow");
      const workers = run.descendants;
      run.kill("SIGQUIT");
      await cut;
      const end = await run.ended;
      assert.equal(end.code, 0);
      assert.doesNotMatch(end.stderr, /WARNING|--graceful-timeout/);
      assert.deepEqual(workers.filter(isRunning), []);
    });

    test("kill -9 of the server leaves no process, idle or busy", async () => {
      await using place = await Place.make();
      const { directory: cwd, gate } = place;
      await using run = await PorticoRun.serving({ args: [...ANYWHERE, ...args], cwd, env });
      const cut = assert.rejects(notAnswered(run.get(`${wait}/slow`)));
      await gate.arrival("slow");
      const workers = run.descendants;
      run.kill("SIGKILL");
      await cut;
      await until("all workers are gone", () => !workers.some(isRunning));
      await run.ended;
    });
  });
}

describe("while a request is not to be stopped by anything but its end,", {
  concurrency: 2,
}, () => {
  test("--graceful-timeout ends the wait", async () => {
    await using place = await Place.make();
    const { directory: cwd, gate } = place;
    const args = [...ANYWHERE, "--graceful-timeout", "1", LAB];
    await using run = await PorticoRun.serving({ args, cwd });
    const cut = assert.rejects(notAnswered(run.get("/wait/slow")));
    await gate.arrival("slow");
    run.kill("SIGTERM");
    await cut;
    assert.equal((await run.ended).code, 0);
  });

  test("kill -9 of the server ends a Python worker in an endless loop", async () => {
    await using place = await Place.make();
    const { directory: cwd, gate } = place;
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, LAB], cwd });
    const cut = assert.rejects(run.get("/loop/x"));
    const { pid } = await gate.arrival("x");
    run.kill("SIGKILL");
    await cut;
    await until("the worker is gone", () => !isRunning(pid));
  });

  test("kill -9 of the supervisor ends a server worker in an endless loop", async () => {
    await using place = await Place.make();
    const { directory: cwd, gate } = place;
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, "-w", "2", WAITER], cwd });
    const cut = assert.rejects(run.get("/loop/x"));
    const { pid } = await gate.arrival("x");
    const workers = run.descendants;
    assert.ok(workers.includes(pid));
    run.kill("SIGKILL");
    await cut;
    await until("the workers are gone", () => !workers.some(isRunning));
  });
});

describe("before the application is loaded,", { concurrency: 2 }, () => {
  for (const [name, args] of [
    ["a Python module", ["hangs_at_import"]],
    ["a Python module in an endless loop", ["loops_at_import"]],
    ["a TypeScript module", ["./hangs.ts"]],
    ["a TypeScript module under a supervisor", ["-w", "2", "./hangs.ts"]],
  ] as const) {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      test(`${signal} ends ${name} at once, with 0`, async () => {
        await using run = new PorticoRun({ args: [...ANYWHERE, ...args], cwd: BROKEN });
        await loading(run, args);
        const workers = run.descendants;
        run.kill(signal);
        assert.equal((await run.ended).code, 0);
        await until("all workers are gone", () => !workers.some(isRunning));
      });
    }

    test(`kill -9 leaves no process of ${name}`, async () => {
      await using run = new PorticoRun({ args: [...ANYWHERE, ...args], cwd: BROKEN });
      await loading(run, args);
      const workers = run.descendants;
      run.kill("SIGKILL");
      await until("all workers are gone", () => !workers.some(isRunning));
      await run.ended;
    });
  }

  test("a socket file is removed when the start is given up", async () => {
    await using place = await Place.make();
    const args = ["-b", "unix:portico.sock", "--pythonpath", BROKEN, "hangs_at_import"];
    await using run = new PorticoRun({ args, cwd: place.directory });
    await run.stderr.line(/Booting worker/);
    run.kill("SIGTERM");
    assert.equal((await run.ended).code, 0);
    await assert.rejects(get(`unix:${join(place.directory, "portico.sock")}`, "/"), {
      code: "ENOENT",
    });
  });
});

/** The import is under way as soon as its process is there. */
async function loading(run: PorticoRun, args: readonly string[]): Promise<void> {
  const isAlone = args.length === 1 && args[0]?.endsWith(".ts") === true;
  await run.stderr.line(isAlone ? /Starting portico/ : /Booting worker/);
}

/** An answer of another server's making counts as none. */
async function notAnswered(answer: Promise<RunAnswer>): Promise<void> {
  const { status } = await answer;
  if (status >= 500) throw new Error(`answered ${status}`);
}

/** Resolves when nobody listens there any more. */
async function refusing(url: string): Promise<void> {
  const port = Number(new URL(url).port);
  while (await isAccepted(port)) await new Promise((resolve) => setTimeout(resolve, 5));
}

function isAccepted(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
