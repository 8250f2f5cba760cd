import assert from "node:assert/strict";
import { test } from "node:test";
import { Later } from "../../src/wsgi/later.ts";

test("who asks by tell is told in the call that settles it", () => {
  const kept = new Later<number>();
  const broken = new Later<number>();
  const heard: unknown[] = [];
  for (const name of ["first", "second"]) {
    for (const later of [kept, broken]) {
      later.tell(
        (value) => heard.push(`${name} ${value}`),
        (error) => heard.push(error),
      );
    }
  }
  kept.resolve(1);
  assert.deepEqual(heard.splice(0), ["first 1", "second 1"]);
  broken.reject("no");
  assert.deepEqual(heard.splice(0), ["no", "no"]);
});

test("what is settled stays so, and says it to who asks later", () => {
  const later = new Later<number>();
  later.resolve(1);
  later.resolve(2);
  later.reject("no");
  const heard: unknown[] = [];
  later.tell((value) => heard.push(value), unexpected);
  assert.deepEqual(heard, [1]);
});

test("it is a promise to whoever takes it for one", async () => {
  const later = new Later<number>();
  const failing = new Later<number>();
  assert.ok(later instanceof Promise);
  assert.equal(String(later), "[object Promise]");
  const awaited = Promise.all([
    later,
    later.then((value) => value + 1),
    later.finally(() => {}),
    failing.catch((error: unknown) => error),
    failing.then(unexpected, (error: unknown) => error),
    Promise.race([later, new Promise(() => {})]),
  ]);
  later.resolve(1);
  failing.reject("no");
  assert.deepEqual(await awaited, [1, 2, 1, "no", "no", 1]);
  await assert.rejects(failing.then(), (error) => error === "no");
});

test("nobody has to care that it fails", async () => {
  new Later<number>().reject(new Error("unheard"));
  await new Promise(setImmediate);
});

function unexpected(error: unknown): never {
  throw error;
}
