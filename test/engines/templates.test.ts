import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Template } from "../../src/engines/cpython/template.ts";
import { Templates } from "../../src/engines/cpython/templates.ts";
import { RecordedLog } from "../support/recorded-log.ts";

const directory = mkdtempSync(join(tmpdir(), "portico-templates-"));
after(() => rmSync(directory, { recursive: true }));

/** In the place of a Python whose application takes long to import. */
const command = join(directory, "python");
writeFileSync(command, "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });

function slowTemplate(): Template {
  const launch = { command, directory, env: process.env };
  return new Template({ launch, settings: [], log: new RecordedLog(), describe: () => "" });
}

test("no worker is asked of a template that ends, since the last that waited for it was killed", async () => {
  let started = 0;
  const templates = new Templates(() => {
    started += 1;
    return slowTemplate();
  });
  for (const age of [1, 2]) {
    templates.fork(1).kill("SIGKILL");
    assert.equal(started, age);
  }
  await templates.end();
});

test("a worker that is over keeps nobody alive any more", async () => {
  const template = slowTemplate();
  const held = new Set<unknown>();
  template.ref = (worker) => held.add(worker);
  template.unref = (worker) => held.delete(worker);
  const worker = template.fork();
  worker.kill("SIGKILL");
  worker.ref();
  assert.equal(held.size, 0);
  await template.exited;
});
