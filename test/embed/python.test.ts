/** python(): an Application like any other, whose workers live and end with its server. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { ask } from "../../src/client/client-connection.ts";
import { fieldValue } from "../../src/client/field-list.ts";
import { type Middleware, makeServer, mount, python } from "../../src/index.ts";
import { Checkpoint } from "../../src/probe/checkpoint.ts";
import { application as everything } from "../apps/everything.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { KeptLog, serveApplication } from "../support/serve-application.ts";

const directory = join(repositoryRoot, "test", "apps");

/** What the environment application reports. */
function stringsOf(body: Buffer): Readonly<Record<string, string>> {
  const { strings } = JSON.parse(body.toString()) as { strings: Record<string, string> };
  return strings;
}

async function workerOf(port: number): Promise<number> {
  const { body } = await ask(port, "GET", "/counts");
  return Number(body.toString().split(" ")[1]);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}

describe("python()", () => {
  test("is wrapped by TypeScript middleware, which changes requests and answers", async () => {
    const shouts: Middleware = (application) => async (environ, startResponse) => {
      const changed = { ...environ, HTTP_X_ADDED: "by middleware", PATH_INFO: "/environment/x" };
      const body = await application(changed, (status, headers, excInfo) =>
        startResponse(status, [...headers, ["X-Shouted", "yes"]], excInfo),
      );
      return (async function* () {
        yield Buffer.from(" ");
        yield* body;
      })();
    };
    await using served = await serveApplication(shouts(python("everything.py", { directory })));
    const answer = await served.ask("GET", "/somewhere");
    assert.equal(fieldValue(answer.fields, "x-shouted"), "yes");
    assert.equal(fieldValue(answer.fields, "content-type"), "application/json");
    const strings = stringsOf(answer.body);
    assert.equal(strings.HTTP_X_ADDED, "by middleware");
    assert.equal(strings.PATH_INFO, "/x");
  });

  test("stands beside TypeScript applications in mount()", async () => {
    const application = mount({
      "/": everything,
      "/legacy": python("everything.py", { directory }),
      "/legacy/new": everything,
    });
    await using served = await serveApplication(application);
    for (const [target, scriptName] of [
      ["/environment/x", "/environment"],
      ["/legacy/environment/x", "/legacy/environment"],
      ["/legacy/new/environment/x", "/legacy/new/environment"],
    ] as const) {
      const strings = stringsOf((await served.ask("GET", target)).body);
      assert.equal(strings.SCRIPT_NAME, scriptName);
      assert.equal(strings.PATH_INFO, "/x");
    }
  });

  test("says multiprocess where it has several workers, which all serve", async () => {
    const log = new KeptLog().logger;
    const application = python("everything.py", { directory, workers: 2, log });
    await using checkpoint = await Checkpoint.open();
    await using served = await serveApplication(application);
    const { body } = await served.ask("GET", "/");
    const { flags } = JSON.parse(body.toString()) as { flags: Record<string, boolean> };
    assert.deepEqual([flags["wsgi.multiprocess"], flags["wsgi.multithread"]], [true, false]);
    const asked = [0, 1].map(() => served.ask("GET", `/counts?${checkpoint.query}`));
    const goOn = [await checkpoint.reached("counted"), await checkpoint.reached("counted")];
    for (const release of goOn) release();
    const pids = (await Promise.all(asked)).map((answer) => answer.body.toString().split(" ")[1]);
    assert.equal(new Set(pids).size, 2);
  });

  test("has its workers started and ended with its server, and again with the next", async () => {
    const log = new KeptLog();
    const application = python("everything.py", { directory, log: log.logger });
    const pids: number[] = [];
    for (let round = 0; round < 2; round += 1) {
      await using server = await makeServer("127.0.0.1", 0, application, { log: log.logger });
      server.start();
      pids.push(await workerOf(server.port));
      await server.close();
      assert.equal(isAlive(pids[round] ?? 0), false);
    }
    assert.notEqual(pids[0], pids[1]);
  });

  test("keeps its workers until the last of its servers closes", async () => {
    const application = python("everything.py", { directory, log: new KeptLog().logger });
    const first = await serveApplication(application);
    await using second = await serveApplication(application);
    const pid = await workerOf(first.port);
    await first.server.close();
    assert.equal(await workerOf(second.port), pid);
    await second.server.close();
    assert.equal(isAlive(pid), false);
  });

  test("replaces a worker that is killed, and tells the client whose request it ran", async () => {
    const log = new KeptLog();
    await using checkpoint = await Checkpoint.open();
    const application = python("everything.py", { directory, log: log.logger });
    await using served = await serveApplication(application, {}, log);
    const pid = await workerOf(served.port);
    const asked = served.ask("GET", `/counts?${checkpoint.query}`);
    await checkpoint.reached("counted");
    process.kill(pid, "SIGKILL");
    assert.equal((await asked).status, 502);
    await log.said(/another takes its place/);
    const next = await workerOf(served.port);
    assert.notEqual(next, pid);
    assert.equal(isAlive(pid), false);
  });

  test("lets an open request finish when its server closes", async () => {
    await using checkpoint = await Checkpoint.open();
    const application = python("everything.py", { directory, log: new KeptLog().logger });
    await using served = await serveApplication(application);
    const asked = served.ask("GET", `/counts?${checkpoint.query}`);
    const goOn = await checkpoint.reached("counted");
    const closed = served.server.close();
    goOn();
    const answer = await asked;
    assert.equal(answer.status, 200);
    assert.equal(fieldValue(answer.fields, "connection"), "close");
    await closed;
  });

  test("ends its workers though a request never ends, when the grace is over", async () => {
    await using checkpoint = await Checkpoint.open();
    const application = python("everything.py", { directory, log: new KeptLog().logger });
    await using served = await serveApplication(application);
    const pid = await workerOf(served.port);
    const asked = served.ask("GET", `/counts?${checkpoint.query}`);
    const cut = assert.rejects(asked);
    await checkpoint.reached("counted");
    await served.server.close(0);
    await cut;
    assert.equal(isAlive(pid), false);
  });
});
