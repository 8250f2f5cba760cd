/** Python applications behind the client: started by it, and ended with it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { python } from "../../src/embed/python.ts";
import { createClient } from "../../src/testing/client.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { pythonProgram, repositoryRoot } from "../support/python-environment.ts";
import { KeptLog, serveApplication } from "../support/serve-application.ts";
import { isRunning, until } from "../support/until.ts";

function echo(): { readonly application: Application; readonly log: KeptLog } {
  const log = new KeptLog();
  const application = python("echo:application", {
    directory: join(repositoryRoot, "test", "apps"),
    python: pythonProgram("python"),
    log: log.logger,
  });
  return { application, log };
}

const pidIn = (log: KeptLog): number => Number(/pids (\d+)/.exec(log.text)?.[1]);

test("an engine ends with the client whose request has started it", async () => {
  const { application, log } = echo();
  const client = createClient(application);
  const response = await client.post("/", { body: "hello" });
  assert.equal(response.text, "hello");
  const pid = pidIn(log);
  assert.ok(isRunning(pid));
  await client.close();
  await until("the worker has ended", () => !isRunning(pid));
});

test("a later client starts it anew", async () => {
  const { application } = echo();
  for (const body of ["one", "two"]) {
    await using client = createClient(application);
    assert.equal((await client.post("/", { body })).text, body);
  }
});

test("an engine that a server has stays the server's", async () => {
  const { application, log } = echo();
  await using served = await serveApplication(application);
  const client = createClient(application);
  assert.equal((await client.post("/", { body: "x" })).text, "x");
  await client.close();
  assert.ok(isRunning(pidIn(log)));
  assert.equal((await served.ask("POST", "/", { body: "y" })).body.toString(), "y");
});
