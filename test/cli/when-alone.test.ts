import assert from "node:assert/strict";
import { test } from "node:test";
import type { Attendant, Controls } from "../../src/cli/service.ts";
import { whenAlone } from "../../src/cli/when-alone.ts";
import { RecordedLog } from "../support/recorded-log.ts";

// It is passed on, and nobody asks it for anything.
const CONTROLS = {} as Controls;

function noting(): { readonly attendant: Attendant; readonly told: string[] } {
  const told: string[] = [];
  const attendant: Attendant = {
    starting: () => void told.push("starting"),
    ready: () => Promise.reject(new Error("its address is taken")),
    ended: () => void told.push("ended"),
  };
  return { attendant, told };
}

test("what an attendant is told before its server is alone it hears then, in the same order", async () => {
  const { attendant, told } = noting();
  const log = new RecordedLog();
  let markAlone: () => void = () => {};
  const alone = new Promise<void>((resolve) => {
    markAlone = resolve;
  });
  const late = whenAlone(attendant, alone, log);
  await late.starting?.(CONTROLS);
  await late.ready?.();
  assert.deepEqual(told, []);
  markAlone();
  await alone;
  await late.ended?.();
  assert.deepEqual(told, ["starting", "ended"]);
  assert.equal(log.text, "ERROR its address is taken");
});

test("an attendant that its server never needed is not waited for at the end", async () => {
  const { attendant, told } = noting();
  const late = whenAlone(attendant, new Promise(() => {}), new RecordedLog());
  await late.starting?.(CONTROLS);
  await late.ended?.();
  assert.deepEqual(told, []);
});
