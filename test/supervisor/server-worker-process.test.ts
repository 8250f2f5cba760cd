import assert from "node:assert/strict";
import { test } from "node:test";
import { TAKE_ALL_BUT_ONE, withFewDescriptors } from "../support/few-descriptors.ts";

const MODULE = new URL("../../src/supervisor/server-worker-process.js", import.meta.url);

test("a server worker that no descriptors are left for costs its supervisor nothing else", async () => {
  const said = await withFewDescriptors(`
    import { ServerWorkerProcess } from "${MODULE}";
    ${TAKE_ALL_BUT_ONE}
    try {
      new ServerWorkerProcess({ listeners: [], shares: 0 }, { onStall() {} });
    } catch (error) {
      console.log(String(error));
    }
    setImmediate(() => console.log("goes on"));
  `);
  assert.deepEqual(said.split("\n"), [
    "ForkError: a server worker cannot be started: no file descriptors are left",
    "goes on",
    "",
  ]);
});
