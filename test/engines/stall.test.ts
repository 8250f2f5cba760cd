/** A worker that hears nothing, since native code holds its interpreter, holds up nobody else. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { python } from "../../src/embed/python.ts";
import { type ServedApplication, serveApplication } from "../support/serve-application.ts";

/** `PyDLL` calls C without letting the interpreter go. */
const APPLICATION = `
import ctypes, os
def application(environ, start_response):
    path = environ["PATH_INFO"]
    with open("ran", "a") as ran:
        ran.write(path + "\\n")
    if path == "/hold":
        ctypes.PyDLL(None).usleep(1500000)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]
`;

test("requests behind one that holds the GIL run elsewhere, once, and soon", async () => {
  const directory = mkdtempSync(join(tmpdir(), "portico-stall-"));
  try {
    writeFileSync(join(directory, "holder.py"), APPLICATION);
    await using served = await serveApplication(
      python("holder:application", { directory, workers: 2 }),
    );
    // Fast answers, so that requests are sent ahead.
    for (let round = 0; round < 20; round += 1) await together(served, `/warm${round}-`, 20);
    let isHeld = true;
    const held = served.ask("GET", "/hold").then(() => {
      isHeld = false;
    });
    const pids = await together(served, "/quick", 40);
    assert.ok(isHeld, "the quick ones waited for the slow one");
    assert.equal(pids.length, 40);
    await held;
    // The worker that was held up takes part again.
    await together(served, "/after", 40);
    const ran = readFileSync(join(directory, "ran"), "latin1").trimEnd().split("\n");
    assert.equal(new Set(ran).size, ran.length, "one ran twice");
    assert.equal(ran.length, 400 + 1 + 40 + 40);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

function together(served: ServedApplication, prefix: string, count: number): Promise<string[]> {
  const asked = Array.from({ length: count }, async (_, number) => {
    const answer = await served.ask("GET", `${prefix}${number}`);
    assert.equal(answer.status, 200);
    return answer.body.toString("latin1");
  });
  return Promise.all(asked);
}
